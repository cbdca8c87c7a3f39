#pragma once

#include <map>
#include <string>

#include "tests/support/ca.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// The files of a row: what its server shows, and what the proxy has. In its directory lie
/// "server.pem" (leaf and chain), "server.crt" (leaf), "server.chain" (what is sent behind it;
/// empty where that is nothing), "server.key", "server.all" (all of them), and the authorities'
/// "root.crt", "others.crt", "many.crt" …
class Certificates {
public:
    /// Throws where there is no server's certificate of that name, or no such identity.
    Certificates(const std::string& server, const std::string& key_store);

    const TempDir& files() const { return files_; }

private:
    void write_server(const Issued& server, const std::string& chain) const;
    void write_server(const Issued& server) const { write_server(server, chain_of(server)); }
    void make_server(const std::string& name);
    void make_chain(const std::string& name);
    void make_identity(const std::string& name) const;
    static std::string chain_of(const Issued& server);

    TempDir files_;
    Ca root_ = Ca::root("Partner Root");
    Ca issuer_ = root_.intermediate("Partner Issuing");
    Ca others_ = Ca::root("Others");
};

}  // namespace countersign::tests
