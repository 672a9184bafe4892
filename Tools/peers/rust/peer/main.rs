//! Tries a server's unary calls from Rust, or is one.

mod cases;
mod client;
mod envelope;
mod frame;
mod protobuf;
mod server;

use std::process::exit;

const USAGE: &str = "usage: peer echo ADDRESS
       peer serve ADDRESS";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["echo", address] => exit(check(address)),
        ["serve", address] => {
            if let Err(error) = server::serve(address) {
                eprintln!("peer: {address}: {error}");
                exit(1);
            }
        }
        _ => {
            eprintln!("{USAGE}");
            exit(2);
        }
    }
}

/// Runs each case over a connection of its own and returns how many failed.
fn check(address: &str) -> i32 {
    let mut failed = 0;
    for (name, case) in cases::CASES {
        let result = client::Client::connect(address).map_err(|error| error.to_string()).and_then(|client| case(&client));
        match result {
            Ok(()) => println!("ok   {name}"),
            Err(reason) => {
                failed += 1;
                println!("FAIL {name}: {reason}");
            }
        }
    }
    failed
}
