private import Crypto
public import Foundation
private import SwiftASN1
public import WireTLS
private import X509

/// An authority that signs certificates for tests, in a folder that goes with it.
public final class TestAuthority {
    public let folder: URL
    /// The authority's own certificate.
    public let authorities: String

    private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    private let name: DistinguishedName

    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "huleedu-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        name = try DistinguishedName { CommonName("An authority for tests") }
        authorities = folder.appending(path: "authorities.pem").path
        let certificate = try certificate(
            for: key, subject: name,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            })
        try Self.write(certificate.serializeAsPEM().pemString, to: authorities)
    }

    deinit {
        // What is left is in the system's folder for such things.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Writes a certificate and its key, and trusts this authority.
    ///
    /// - Parameters:
    ///   - file: their names' beginning; files of that name are replaced.
    ///   - names: those of hosts that it holds; without any it holds `commonName` only.
    ///   - lifetime: how long from now it holds; negative for one that is over.
    public func files(
        _ file: String, names: [String], commonName: String = "somebody", addresses: [String] = [], lifetime: TimeInterval = 3600
    ) throws -> TLSFiles {
        let own = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let alternatives =
            names.map { GeneralName.dnsName($0) }
            + addresses.map {
                .ipAddress(ASN1OctetString(contentBytes: ArraySlice($0.split(separator: ".").compactMap { UInt8($0) })))
            }
        let extensions = try Certificate.Extensions {
            if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
        }
        let certificate = try certificate(
            for: own, subject: DistinguishedName { CommonName(commonName) }, extensions: extensions, lifetime: lifetime)
        let files = TLSFiles(
            certificate: folder.appending(path: "\(file).pem").path, key: folder.appending(path: "\(file).key").path,
            authorities: authorities)
        try Self.write(certificate.serializeAsPEM().pemString, to: files.certificate!)
        try Self.write(own.serializeAsPEM().pemString, to: files.key!)
        return files
    }

    /// Writes a file as those who renew certificates do: beside it, then in its place.
    public static func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func certificate(
        for owner: Certificate.PrivateKey, subject: DistinguishedName, extensions: Certificate.Extensions,
        lifetime: TimeInterval = 3600
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: .init(), publicKey: owner.publicKey, notValidBefore: .now.addingTimeInterval(-7200),
            notValidAfter: .now.addingTimeInterval(lifetime), issuer: name, subject: subject, extensions: extensions,
            issuerPrivateKey: key)
    }
}
