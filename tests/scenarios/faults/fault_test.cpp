#include "tests/scenarios/faults/fault_test.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace countersign::tests::faults {

void Findings::add(const std::string& line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(line);
}

std::vector<std::string> Findings::all() const {
    const std::lock_guard lock{mutex_};
    return lines_;
}

FaultWorld::FaultWorld(const Setting& setting, Serve serve)
    : unix_socket_{setting.unix_socket},
      serve_{std::move(serve)},
      fresh_{options(setting), behaviour()},
      reused_{options(setting), behaviour()},
      proxy_{yaml()} {
    wait_until_ready(proxy_);
}

ScriptedServer::Options FaultWorld::options(const Setting& setting) const {
    ScriptedServer::Options options = partner_.strict_server();
    options.min_version = options.max_version = setting.version;
    return options;
}

ScriptedServer::Behaviour FaultWorld::behaviour() {
    return [this](Peer& peer) {
        for (;;) {
            const std::string head = peer.read_head();
            if (head.empty()) return;
            if (path_of(head) == "/good") {
                peer.write(ok("good"));
            } else if (!serve_(peer, head)) {
                return;
            }
        }
    };
}

std::string FaultWorld::yaml() const {
    std::string text = partner_.certificates() + "profiles:\n";
    const auto profile = [&](const std::string& name, const ScriptedServer& server,
                             const std::string& pool) {
        text += "  - { name: " + name + ", hosts: [127.0.0.1], ports: [";
        text += std::to_string(server.port()) + "], key_store: alice, trust: [partner-ca], ";
        text += "timeouts: { request_idle: 2s, response_header: 2s, response_idle: 2s }, ";
        text += "pool: { max_connections: 1024, " + pool + " } }\n";
    };
    profile("fresh", fresh_, "max_idle: 0");
    profile("reused", reused_, "idle_timeout: 2s");
    text += "limits: { client_idle: 2s, client_head: 2s }\nworkers: 2\n";
    text += "listeners:\n  - { name: apps, address: 127.0.0.1:0 }\n";
    text += "  - { name: local, address: \"unix:" + socket_.string() + "\" }\n";
    return text + admin_with_token(partner_);
}

HttpClient FaultWorld::connect() const {
    return unix_socket_ ? HttpClient::unix_socket(socket_) : proxy_.connect();
}

std::string FaultWorld::what_is_not_served(bool reused) const {
    const Response got = connect().exchange(absolute_get(authority(reused), "/good"));
    if (got.body == "good") return {};
    return " does not serve: " + got.head + got.body + ";";
}

std::string FaultWorld::metrics() const {
    return ask_admin(proxy_.admin_port(), "GET", "/metrics", bearer()).body;
}

double FaultWorld::metric(std::string_view name) const {
    const std::string page = metrics();
    const auto at = page.find('\n' + std::string{name} + ' ');
    return at == page.npos ? 0 : std::atof(page.c_str() + at + name.size() + 2);
}

void FaultWorld::expect_nothing_wrong() {
    for (const std::string& line : findings_.all()) ADD_FAILURE() << line;
    wait_until("the proxy holds nothing", [&] {
        const std::string page = metrics();
        const auto none = [&](std::string_view name) {
            return page.find('\n' + std::string{name} + " 0\n") != page.npos;
        };
        return none("countersign_client_connections") &&
               none("countersign_exchanges_in_progress") && none("countersign_buffered_bytes") &&
               none("countersign_upstream_waiting") &&
               none("countersign_upstream_connections{state=\"active\"}") &&
               none("countersign_upstream_connections{state=\"opening\"}") &&
               none("countersign_upstream_connections{state=\"idle\"}");
    });
    // The connection of who asked may not be closed yet.
    wait_until("all descriptors are given back", [&] { return descriptors() <= at_rest_ + 1; });
}

std::size_t FaultWorld::descriptors() const {
    const std::filesystem::path path{"/proc/" + std::to_string(proxy_.process().pid()) + "/fd"};
    const std::filesystem::directory_iterator all{path};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t FaultWorld::resident() const {
    std::ifstream file{"/proc/" + std::to_string(proxy_.process().pid()) + "/statm"};
    std::size_t whole = 0;
    std::size_t resident = 0;
    file >> whole >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace countersign::tests::faults
