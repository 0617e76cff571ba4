import Glibc

/// How exchanges pass a proxy.
///
/// The proxy itself is found by libcurl, by its own rules, in the environment: `https_proxy`, `HTTPS_PROXY`,
/// `http_proxy` (in lower case only), `all_proxy`, `ALL_PROXY`, and `no_proxy`, `NO_PROXY` for the exceptions.
/// **Loopback is no exception by itself**: whoever sets a proxy and works with a server on the same machine sets
/// `no_proxy=localhost,127.0.0.1,::1` as well. The server's pinned key holds through a proxy too: the connection to the
/// server is end to end, the proxy sees its name only.
///
/// A proxy that is itself reached by `https://` is verified against certificate authorities, as every HTTPS client
/// does; these settings say which, by the variables and in the order of the `curl` program.
package struct ProxySettings: Hashable, Sendable {
    /// A file of certificate authorities in PEM; `nil`: libcurl's own.
    package var authorityFile: String?
    /// A folder of certificate authorities, by hashed name; `nil`: libcurl's own.
    package var authorityFolder: String?
    /// Hosts reached without a proxy, separated by commas, `*` for all; `nil`: as `no_proxy` says.
    package var exceptions: String?

    package init(authorityFile: String? = nil, authorityFolder: String? = nil, exceptions: String? = nil) {
        self.authorityFile = authorityFile
        self.authorityFolder = authorityFolder
        self.exceptions = exceptions
    }

    /// From `CURL_CA_BUNDLE`, else from `SSL_CERT_FILE` and `SSL_CERT_DIR`; an empty value counts as none.
    package init(environment: (String) -> String?) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let bundle = value("CURL_CA_BUNDLE") {
            self.init(authorityFile: bundle)
        } else {
            self.init(authorityFile: value("SSL_CERT_FILE"), authorityFolder: value("SSL_CERT_DIR"))
        }
    }

    /// Of this process's environment.
    package static func ofProcess() -> ProxySettings {
        ProxySettings { name in getenv(name).map { String(cString: $0) } }
    }
}
