#include "tests/catalogue/peer.hpp"

#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/catalogue/script.hpp"
#include "tests/support/apache.hpp"
#include "tests/support/gnutls_server.hpp"
#include "tests/support/haproxy.hpp"
#include "tests/support/nginx.hpp"
#include "tests/support/openssl_server.hpp"
#include "tests/support/said.hpp"

namespace countersign::tests {

namespace {

template <class Server>
class PeerOf : public RowPeer {
public:
    template <class... Args>
    explicit PeerOf(Args&&... args) : server_{std::forward<Args>(args)...} {}
    std::uint16_t port() const override { return server_.port(); }

private:
    Server server_;
};

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream words{text};
    std::vector<std::string> list;
    for (std::string word; words >> word;) list.push_back(word);
    return list;
}

}  // namespace

std::unique_ptr<RowPeer> start_peer(const Row& row, const TempDir& files) {
    const std::string with = replaced(row.with, "{dir}", files.path().string());
    const auto certificate = files / "server.pem";
    const auto key = files / "server.key";
    if (row.peer == "nobody") return std::make_unique<PeerOf<ClosedPort>>();
    if (row.peer == "openssl s_server") {
        const bool alone = read_bytes(files / "server.chain").empty();
        return std::make_unique<PeerOf<OpensslServer>>(OpensslServer::Options{
            files / "server.crt", key, alone ? std::filesystem::path{} : files / "server.chain",
            words_of(with)});
    }
    if (row.peer == "gnutls-serv") {
        return std::make_unique<PeerOf<GnutlsServer>>(GnutlsServer::Options{certificate, key, with}
        );
    }
    if (row.peer == "nginx") {
        return std::make_unique<PeerOf<Nginx>>(Nginx::Options{
            .certificate = certificate, .key = key, .client_ca = {}, .extra = with});
    }
    if (row.peer == "Apache") {
        return std::make_unique<PeerOf<Apache>>(Apache::Options{
            certificate, key, files / "root.crt", with});
    }
    if (row.peer == "HAProxy") {
        const std::size_t end = with.find('\n');
        return std::make_unique<PeerOf<Haproxy>>(Haproxy::Options{
            files / "server.all", with.substr(0, end),
            end == std::string::npos ? "" : with.substr(end + 1)});
    }
    if (row.peer == "a script") {
        const Script script = script_named(with);
        ScriptedServer::Options options;
        options.certificate = certificate;
        options.key = key;
        if (script.change != nullptr) script.change(options, files);
        return std::make_unique<PeerOf<ScriptedServer>>(options, script.behaviour);
    }
    throw std::runtime_error{row.server + ": no peer is '" + row.peer + "'"};
}

}  // namespace countersign::tests
