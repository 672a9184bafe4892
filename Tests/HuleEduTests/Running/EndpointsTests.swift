import Testing

@testable import huleedu

@Suite("Where the servers of a service are reached")
struct EndpointsTests {
    @Test("is one address, or several between commas")
    func reading() throws {
        let one = try #require(Endpoints(argument: "127.0.0.1:7701"))
        #expect(one.all == [Endpoint(host: "127.0.0.1", port: 7701)])
        let several = try #require(Endpoints(argument: "a.example:7701,[2001:db8::7]:7702"))
        #expect(several.all == [Endpoint(host: "a.example", port: 7701), Endpoint(host: "2001:db8::7", port: 7702)])
        #expect(several.description == "a.example:7701,[2001:db8::7]:7702")
    }

    @Test("is refused where a part is no address, or comes twice", arguments: ["", ",", "a:1,", "a:1,,b:2", "a:1,b", "a:1,a:1"])
    func refusal(text: String) {
        #expect(Endpoints(argument: text) == nil)
    }

    @Test("has a single address where that is written in numbers, or is this machine's; a name may have several")
    func single() {
        func single(_ text: String) -> String? { Endpoints(argument: text)?.single?.description }
        for text in ["127.0.0.1:1", "10.0.0.7:1", "[2001:db8::7]:1", "localhost:1"] { #expect(single(text) == text) }
        #expect(single("llm.example:1") == nil)
        #expect(single("127.0.0.1:1,127.0.0.1:2") == nil)
    }

    @Test("is this machine's alone where every part is")
    func loopback() {
        #expect(Endpoints(argument: "127.0.0.1:1,localhost:2")?.isLoopback == true)
        #expect(Endpoints(argument: "127.0.0.1:1,10.0.0.7:2")?.isLoopback == false)
    }
}
