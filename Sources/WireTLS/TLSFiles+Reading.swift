import NIOSSL

extension TLSFiles {
    /// The certificates to show; nil where none are named.
    func chain() throws(TLSError) -> [NIOSSLCertificateSource]? {
        guard let certificate else {
            guard key == nil else {
                throw TLSError(file: .certificate, path: nil, expectation: "expected one that goes with the key")
            }
            return nil
        }
        let certificates = try Self.certificates(.certificate, certificate)
        return certificates.map { .certificate($0) }
    }

    /// The key that goes with the certificate; nil where there is no certificate either.
    func privateKey() throws(TLSError) -> NIOSSLPrivateKeySource? {
        guard let key else {
            guard certificate == nil else {
                throw TLSError(file: .key, path: nil, expectation: "expected the private key that goes with the certificate")
            }
            return nil
        }
        do {
            return .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        } catch {
            throw TLSError(file: .key, path: key, expectation: "expected a readable private key in PEM")
        }
    }

    /// Whom to trust; nil where nothing is named.
    func trustRoots() throws(TLSError) -> NIOSSLTrustRoots? {
        guard let authorities else { return nil }
        return .certificates(try Self.certificates(.authorities, authorities))
    }

    private static func certificates(_ file: TLSError.File, _ path: String) throws(TLSError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw TLSError(file: file, path: path, expectation: "expected a readable file of certificates in PEM")
        }
        guard !certificates.isEmpty else {
            throw TLSError(file: file, path: path, expectation: "expected at least one certificate in PEM")
        }
        return certificates
    }

    /// What connections are made with.
    ///
    /// A certificate and a key that do not go together are the certificate's fault.
    func context(_ configuration: TLSConfiguration) throws(TLSError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSError(
                file: .certificate, path: certificate,
                expectation: "expected a certificate that can be used with the key \(key ?? "")")
        }
    }
}
