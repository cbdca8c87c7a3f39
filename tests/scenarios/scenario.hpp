#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/ca.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/nginx.hpp"
#include "tests/support/proxy_under_test.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// A partner and its clients: an authority, the server's certificate for 127.0.0.1 and localhost,
/// the clients "alice" and "bob", all on disk. What a scenario is given.
class Partner {
public:
    Partner();

    Nginx::Options nginx() const;
    ScriptedServer::Options server() const;  ///< asks for no client certificate
    ScriptedServer::Options strict_server() const;

    const Ca& root() const { return root_; }
    const Ca& issuer() const { return issuer_; }
    const TempDir& files() const { return files_; }
    const std::filesystem::path& root_file() const { return root_file_; }

    /// Writes certificate, chain and key as PEM into one file; its path.
    std::filesystem::path write_identity(std::string_view name, const Issued& identity) const;
    Issued issue_client(std::string_view name) const;
    Issued issue_server() const;

    /// The `certificates:` of alice, bob and partner-ca.
    std::string certificates() const;
    /// These, and one profile "partner" for 127.0.0.1 and localhost at that port, as alice. `more`
    /// goes into the profile ("retry: never"), `top` to the document's top level.
    std::string configuration(
        std::uint16_t port, std::string_view more = {}, std::string_view top = {}
    ) const;

private:
    TempDir files_;
    Ca root_;
    Ca issuer_;
    std::filesystem::path root_file_;
    std::filesystem::path server_certificate_;
    std::filesystem::path server_key_;
};

/// GET http://AUTHORITY/path in absolute-form.
std::string absolute_get(
    const std::string& authority, std::string_view path, std::string_view fields = {}
);
std::string absolute_post(
    const std::string& authority, std::string_view path, std::string_view body
);

/// A name and `port`: the name has two addresses, 127.0.0.1 and ::1 in this order, on every
/// machine, whatever /etc/hosts makes of localhost itself (RFC 6761 6.3).
std::string both_loopbacks(std::uint16_t port);

/// CONNECT AUTHORITY.
std::string connect_head(const std::string& authority, std::string_view fields = {});
/// A configuration that gives tunnels to every host, those of this machine included.
std::string local_tunnels();
/// A client with an open tunnel.
HttpClient open_tunnel(const ProxyUnderTest& proxy, const std::string& authority);

/// What stands at that name in a line of the access log.
std::string logged(const std::string& line, const std::string& name);

/// The error type in Proxy-Status; empty where the field is not the proxy's.
std::string proxy_error(const Response& response);

}  // namespace countersign::tests
