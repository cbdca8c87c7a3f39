#include "profiles/yaml/admin.hpp"

#include <algorithm>

#include "profiles/yaml/console_directory.hpp"
#include "profiles/yaml/list.hpp"
#include "profiles/yaml/listen_address.hpp"
#include "profiles/yaml/map.hpp"
#include "profiles/yaml/password.hpp"
#include "profiles/yaml/paths.hpp"
#include "profiles/yaml/scalars.hpp"

namespace countersign::profiles {
namespace {

constexpr std::uint16_t kUsualAdminPort = 9901;

void check_free(
    const Listener& admin, const YamlField& address, const std::vector<Listener>& listeners
) {
    const auto* tcp = std::get_if<TcpAddress>(&admin.address);
    if (tcp != nullptr && tcp->port == 0) return;
    const auto holder = std::ranges::find(listeners, admin.address, &Listener::address);
    if (holder == listeners.end()) return;
    address.problem(
        "listener " + quote(holder->name) + " has the address " + to_text(admin.address) +
        " already; give one of the two another"
    );
}

/// What is in the way of the pages; empty: nothing.
std::string no_console_because(const AdminRules& admin, bool has_users) {
    if (!admin.listener) {
        return "the console is served at the admin address, and there is none; name one with "
               "admin: "
               "{ address: 127.0.0.1:9901 }";
    }
    const auto* const tcp = std::get_if<TcpAddress>(&admin.listener->address);
    if (tcp == nullptr) return {};  // whoever may open the socket may look
    if (!tcp->address.is_loopback() && !admin.tls) {
        return "the console is served on a loopback address or a unix socket only, and "
               "admin.address is " +
               to_text(admin.listener->address) +
               ", where plain HTTP shows the token to the network; give it TLS, admin: { tls: { "
               "key_store: NAME } }, or use 127.0.0.1, and an SSH tunnel from elsewhere";
    }
    if (!admin.token && !has_users) {
        return "who signs in to the console shows admin.token, or a name and a password of "
               "console.users, and there is neither; make a token with `(umask 077; openssl rand "
               "-hex 32 > admin.token)` and name it: admin: { token: { file: admin.token } }";
    }
    return {};
}

AdminTls read_admin_tls(const YamlField& field, const RecordNames& records) {
    AdminTls tls;
    tls.where = field.place().to_text();
    YamlMap map{field, "a map with key_store and trust"};
    if (const auto store = map.require("key_store", "the record that is shown to who asks")) {
        if (auto name = records.as_key_store(*store)) tls.key_store = std::move(*name);
    }
    if (const auto trust = map.find("trust")) {
        tls.trust = read_list<std::string>(
            *trust, "a list such as [operators-ca]",
            [&records](const YamlField& item) { return records.as_trust(item); }
        );
        if (trust->node().kind == YamlNode::Kind::sequence && trust->node().items.empty()) {
            trust->problem("names no record; name one, or remove this key");
        }
    }
    return tls;
}

}  // namespace

ConsoleRules read_console_rules(const YamlField& field, const AdminRules& admin) {
    ConsoleRules rules;
    YamlMap map{field, "a map with enabled, directory and users"};
    map.read("enabled", rules.enabled, as_bool);
    map.read("directory", rules.directory, as_directory);
    if (rules.directory && is_directory_of(*rules.directory, field.place())) {
        map.find("directory")
            ->problem(
                "is the configuration's own directory, whose files the console may not change; "
                "make "
                "one for the console"
            );
    }
    const auto users = map.find("users");
    if (users && users->node().kind != YamlNode::Kind::null) {
        rules.users = as_secret_source(*users, as_existing_file);
        rules.users_where = users->place().to_text();
    }
    if (!rules.enabled) return rules;
    // Where the users are wrong, that is told already.
    const bool has_users = !rules.users_where.empty();
    const std::string problem = no_console_because(admin, has_users);
    if (!problem.empty()) map.find("enabled")->problem(problem);
    return rules;
}

AdminRules read_admin_rules(
    const YamlField& field, const std::vector<Listener>& listeners, const RecordNames& records
) {
    AdminRules rules;
    if (field.is_word("off")) {
        rules.listener.reset();
        return rules;
    }
    YamlMap map{field, "a map with address, allow, token and tls, or the word off"};
    const auto tls = map.find("tls");
    if (tls && tls->node().kind != YamlNode::Kind::null) {
        rules.tls = read_admin_tls(*tls, records);
        const auto unix_path = map.find("address");
        if (unix_path && unix_path->node().text.starts_with("unix:")) {
            tls->problem(
                "is for an address that is reached by TCP; who may open a unix socket says its "
                "mode; remove this key"
            );
        }
    }
    const auto token = map.find("token");
    if (token && token->node().kind != YamlNode::Kind::null) {
        rules.token = as_secret_source(*token, as_existing_file);
        rules.token_where = token->place().to_text();
    }
    const auto address = map.find("address");
    const bool off = address && address->is_word("off");
    if (off) rules.listener.reset();
    Listener listener = AdminRules::default_listener();
    if (off || !address) {
        const std::string why = off ? "there is no admin address (off); remove this key"
                                    : "is for an address of its own; name it with 'address'";
        for (const auto* key : {"allow", "mode", "group"}) {
            if (const auto given = map.find(key)) given->problem(why);
        }
        return rules;
    }
    if (read_listen_address(map, address, kUsualAdminPort, listener)) {
        check_free(listener, *address, listeners);
        rules.listener = std::move(listener);
        rules.is_default = false;
    }
    return rules;
}

}  // namespace countersign::profiles
