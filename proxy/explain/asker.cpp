#include "proxy/explain/asker.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "certs/text/phrase.hpp"

namespace countersign::proxy::explain {

namespace {

/// What `--client` says, all of it together.
struct Said {
    std::string text;  ///< that it is an address, or a unix socket's user or group
    std::optional<profiles::IpAddress> address;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;

    bool is_unix() const { return uid || gid; }
};

std::optional<std::uint32_t> read_id(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    std::uint32_t id = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool whole = error == std::errc{} && stop == text.data() + text.size();
    return whole && id != routing::Peer::kNobody ? std::optional{id} : std::nullopt;
}

/// "--client 'x'", or "client 'x'" of a form.
std::string part(const ImaginedRequest& asked, std::string_view name, std::string_view value) {
    return std::string{asked.mark} + std::string{name} + ' ' + certs::in_quotes(value);
}

/// Empty, or what is wrong.
std::string read_client(
    const std::string& text, const ImaginedRequest& asked, const generation::Generation& generation,
    Said& said, std::string& name
) {
    const bool was_address = said.address.has_value();
    const bool was_unix = said.is_unix();
    if (const auto address = profiles::IpAddress::parse(text)) {
        said.address = address;
    } else if (const auto uid = read_id(text, "uid:")) {
        said.uid = uid;
    } else if (const auto gid = read_id(text, "gid:")) {
        said.gid = gid;
    } else {
        const auto& clients = generation.configuration().clients;
        const bool known =
            std::ranges::find(clients, text, &profiles::NamedClient::name) != clients.end();
        if (!known) {
            return part(asked, "client", text) +
                   " is not an address, uid:N, gid:N, or the name of a client in the "
                   "configuration. Give an address, such as " +
                   (asked.mark.empty() ? "" : "--client ") + "10.1.2.3, or add { name: " + text +
                   ", password: { file: PATH } } to the list clients at the top level of the "
                   "configuration";
        }
        name = text;
        return {};
    }
    if ((was_address && said.is_unix()) || (was_unix && said.address)) {
        return part(asked, "client", said.text) + " and '" + text +
               "' are no client: one on a unix socket has no address";
    }
    said.text = text;
    return {};
}

/// "'apps' and 'lan'".
std::string names_of(const std::vector<profiles::Listener>& listeners) {
    std::vector<std::string> names;
    for (const auto& listener : listeners) names.push_back(certs::in_quotes(listener.name));
    return certs::enumerated(names, "and");
}

bool can_come(const Said& said, const profiles::Listener& listener) {
    if (said.is_unix()) return listener.is_unix();
    return !said.address || (!listener.is_unix() && listener.allows(*said.address));
}

/// The listener that is named, else the first that such a client can come to, else the first of
/// its kind. Null: there is none, and `wrong` says so.
const profiles::Listener* find_listener(
    const ImaginedRequest& asked, const Said& said, const generation::Generation& generation,
    std::string& wrong
) {
    const auto& listeners = generation.configuration().listeners;
    const bool kind_said = said.is_unix() || said.address;
    const auto other_kind = [&](const auto& one) {
        return kind_said && one.is_unix() != said.is_unix();
    };
    const auto kind = said.is_unix() ? "is on a unix socket" : "has an address";
    if (!asked.listener.empty()) {
        const auto named = std::ranges::find(listeners, asked.listener, &profiles::Listener::name);
        if (named == listeners.end()) {
            wrong = part(asked, "listener", asked.listener) +
                    " is no listener of the configuration, which has " + names_of(listeners);
            return nullptr;
        }
        if (!other_kind(*named)) return &*named;
        wrong = part(asked, "client", said.text) + ' ' + kind + ", and listener '" + named->name +
                (said.is_unix() ? "' is none" : "' is a unix socket");
        return nullptr;
    }
    for (const auto& listener : listeners) {
        if (can_come(said, listener)) return &listener;
    }
    const auto same_kind = std::ranges::find_if_not(listeners, other_kind);
    if (same_kind != listeners.end()) return &*same_kind;
    wrong = part(asked, "client", said.text) + ' ' + kind + ", and no listener is one for it";
    return nullptr;
}

/// Somebody who may connect, where the question does not say who.
profiles::IpAddress default_address(const profiles::Listener& listener) {
    const auto loopback = profiles::IpAddress::v4({127, 0, 0, 1});
    return listener.allows(loopback) ? loopback : listener.allow.front().base();
}

}  // namespace

std::string read_asker(
    const ImaginedRequest& asked, const generation::Generation& generation, Asker& asker
) {
    Said said;
    for (const std::string& client : asked.clients) {
        std::string wrong = read_client(client, asked, generation, said, asker.name);
        if (!wrong.empty()) return wrong;
    }
    std::string wrong;
    routing::Peer& peer = asker.peer;
    const profiles::Listener* const listener = find_listener(asked, said, generation, wrong);
    if (listener == nullptr) return wrong;
    peer.listener = generation.id_of(*listener);
    asker.listener = listener->name;
    peer.is_unix = listener->is_unix();
    if (peer.is_unix) {
        peer.uid = said.uid.value_or(routing::Peer::kNobody);
        peer.gid = said.gid.value_or(routing::Peer::kNobody);
        return {};
    }
    peer.address = said.address.value_or(default_address(*listener));
    if (!listener->allows(peer.address)) peer.admission = routing::Peer::Admission::not_allowed;
    return {};
}

std::string to_text(const Asker& asker) {
    const routing::Peer& peer = asker.peer;
    std::string text = asker.name.empty() ? "" : "client '" + asker.name + "' ";
    if (!peer.is_unix) {
        text += "from " + peer.address.to_text();
    } else {
        const auto id = [](std::uint32_t value) {
            return value == routing::Peer::kNobody ? std::string{"unknown"} : std::to_string(value);
        };
        text += "from a unix socket, uid " + id(peer.uid) + ", gid " + id(peer.gid);
    }
    return text + ", on listener '" + asker.listener + "'";
}

}  // namespace countersign::proxy::explain
