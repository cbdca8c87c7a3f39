#include "proxy/routing/no_profile.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "certs/text/phrase.hpp"
#include "profiles/authority.hpp"
#include "profiles/matching/path_doubt.hpp"
#include "profiles/nearest_word.hpp"

namespace countersign::proxy::routing {

namespace {

using profiles::Criterion;
using profiles::MatchReason;

/// So many profiles, and so many values of each, are named.
constexpr std::size_t kMostProfiles = 3;
constexpr std::size_t kMostValues = 8;

std::string named(const profiles::Request& request) {
    return certs::in_quotes(profiles::authority_text(request.host, request.port));
}

/// A method, or a path, may be as long as a head.
std::string shortened(std::string_view text) {
    constexpr std::size_t kMost = 80;
    std::string out{text.substr(0, kMost)};
    return text.size() > kMost ? out + " …" : out;
}

std::string client_text(const profiles::Caller& caller) {
    if (!caller.name.empty()) return "client '" + std::string{caller.name} + "'";
    if (caller.address) return "clients at " + caller.address->to_text();
    return "clients with uid " + std::to_string(caller.uid) + " and gid " +
           std::to_string(caller.gid);
}

Failure ambiguous_path(std::string_view path) {
    std::string seen = "Servers may read the request's path in different ways: ";
    seen += to_text(profiles::path_doubt(path));
    seen += ". Which profile applies depends on the path.";
    return Failure::of_client(
        FailureCode::bad_request, std::move(seen),
        "Let the client send the path that is meant, without such a segment.",
        "request path can be read in two ways"
    );
}

std::optional<Criterion> criterion_of(MatchReason reason) {
    switch (reason) {
        case MatchReason::no_port_matches:
            return Criterion::port;
        case MatchReason::no_client_matches:
            return Criterion::client;
        case MatchReason::no_listener_matches:
            return Criterion::listener;
        case MatchReason::no_path_matches:
            return Criterion::path;
        case MatchReason::no_method_matches:
            return Criterion::method;
        default:
            return std::nullopt;
    }
}

/// "ports".
std::string key_of(Criterion criterion) { return std::string{profiles::to_text(criterion)} + "s"; }

/// What the request has of it: "port 9000".
std::string asked_text(const profiles::Request& request, Criterion criterion) {
    switch (criterion) {
        case Criterion::port:
            return "port " + std::to_string(request.port);
        case Criterion::client:
            return client_text(request.caller);
        case Criterion::listener:
            return "listener '" + std::string{request.caller.listener} + "'";
        case Criterion::path:
            return "path '" + shortened(request.path.substr(0, request.path.find('?'))) + "'";
        case Criterion::method:
            return "method " + shortened(request.method);
        case Criterion::host:
            break;
    }
    return named(request);
}

template <class List, class ToText>
std::string values_of(const List& list, const ToText& to_text) {
    std::vector<std::string> texts;
    for (const auto& item : list) {
        if (texts.size() == kMostValues) {
            texts.push_back(std::to_string(list.size() - kMostValues) + " more");
            break;
        }
        texts.push_back(to_text(item));
    }
    return certs::enumerated(texts, "and");
}

/// What the profile has of it: "443 and 8443"; empty where that is not told.
std::string values_of(const profiles::Profile& profile, Criterion criterion) {
    const auto as_it_is = [](const std::string& text) { return text; };
    switch (criterion) {
        case Criterion::port:
            return values_of(profile.ports, [](std::uint16_t port) {
                return std::to_string(port);
            });
        case Criterion::listener:
            return values_of(profile.listeners, as_it_is);
        case Criterion::path:
            return values_of(profile.paths, [](const auto& path) { return path.text(); });
        case Criterion::method:
            return values_of(profile.methods, as_it_is);
        case Criterion::host:
        case Criterion::client:
            break;
    }
    return {};
}

using Profiles = std::vector<const profiles::Profile*>;

/// Whether it would be for who asks, if the port were one of its own: else nothing is told of it.
bool is_for_who_asks(
    const profiles::Profile& profile, profiles::Request request, Criterion criterion
) {
    if (criterion != Criterion::port || profile.ports.empty()) return true;
    request.port = profile.ports.front();
    const auto ruled_out_by = profiles::fit(profile, request).ruled_out_by;
    return ruled_out_by != Criterion::client && ruled_out_by != Criterion::listener;
}

/// Those that have the rest of the request as far as it was looked at.
Profiles ruled_out_by(
    const profiles::ProfileSet& set, const profiles::Request& request, std::string_view name,
    Criterion criterion
) {
    if (!name.empty()) {
        const std::int32_t index = set.index_of(name);
        const bool told = index >= 0 && is_for_who_asks(set[index], request, criterion);
        return told ? Profiles{&set[index]} : Profiles{};
    }
    Profiles found;
    for (const profiles::Profile& profile : set.profiles()) {
        if (profiles::fit(profile, request).ruled_out_by == criterion &&
            is_for_who_asks(profile, request, criterion)) {
            found.push_back(&profile);
        }
    }
    return found;
}

/// "its ports are 443 and 8443", "the ports of 'a' are 443, those of 'b' 8443".
std::string what_they_have(const Profiles& found, Criterion criterion) {
    std::string text;
    for (std::size_t i = 0; i < std::min(found.size(), kMostProfiles); ++i) {
        const std::string values = values_of(*found[i], criterion);
        if (values.empty()) return {};
        if (found.size() == 1) return ": its " + key_of(criterion) + " are " + values;
        text += i == 0 ? ": the " + key_of(criterion) + " of " : ", those of ";
        text += certs::in_quotes(found[i]->name) + (i == 0 ? " are " : " ") + values;
    }
    return text;
}

std::string host_in_quotes(const profiles::Request& request) {
    return certs::in_quotes(request.host);
}

/// "Profile 'partner' has the host 'api.partner.example', but not port 9000: its ports are 443 and
/// 8443."
std::string ruled_out_text(
    const Profiles& found, const profiles::Request& request, std::string_view name,
    Criterion criterion
) {
    const std::string asked = asked_text(request, criterion);
    const std::string host = host_in_quotes(request);
    const bool about_port = criterion == Criterion::port;
    const bool one = found.size() == 1 || !name.empty();
    const std::string but = criterion != Criterion::client ? ", but not "
                            : one                          ? ", but is not for "
                                                           : ", but none is for ";
    std::string text;
    if (!name.empty()) {
        text = "Profile '" + std::string{name} + "', which the request names, has the host " + host;
    } else if (found.size() == 1) {
        text = "Profile '" + found.front()->name + "' has the host " + host;
    } else if (found.empty() || criterion == Criterion::client) {
        text = "A profile has the host " + host;
    } else {
        text = std::to_string(found.size()) + " profiles have the host " + host;
    }
    if (about_port && request.port == 0 && found.size() == 1) {
        const profiles::Profile& profile = *found.front();
        return text + ", and the request names no port: its default_port, " +
               std::to_string(profile.default_port) + ", is not among its ports, " +
               values_of(profile, criterion) + ".";
    }
    if (about_port && request.port == 0) return text + ", but not their own default_port.";
    return text + but + asked + what_they_have(found, criterion) + ".";
}

/// As `clients` has it.
std::string client_value(const profiles::Caller& caller) {
    if (!caller.name.empty()) return std::string{caller.name};
    return caller.address ? caller.address->to_text() : "uid:" + std::to_string(caller.uid);
}

/// What to do about it: what the request may do comes first, since nobody is taught to widen a
/// profile for a request that was wrong.
std::string remedy_of(Criterion criterion, const profiles::Request& request) {
    switch (criterion) {
        case Criterion::port:
            return "Use a port that the profile has, or add this one to its ports.";
        case Criterion::client:
            return "If this client may use the profile and its identity, add " +
                   client_value(request.caller) +
                   " to the clients of the profile that should serve it.";
        case Criterion::listener:
            return "Use another listener, or add this one to the listeners of that profile.";
        case Criterion::path:
            return "Call a path that the profile has. If this one is right, add it, or one above "
                   "it, to the paths of the profile that should serve it.";
        case Criterion::method:
            return "Use a method that the profile has. If this one is right, add it to the methods "
                   "of the profile that should serve it.";
        case Criterion::host:
            break;
    }
    return {};
}

std::string_view brief_of(Criterion criterion) {
    switch (criterion) {
        case Criterion::port:
            return kOtherPort;
        case Criterion::client:
            return "no profile for {} and this client";
        case Criterion::listener:
            return "no profile for {} on this listener";
        case Criterion::path:
            return "no profile for {} with this path";
        case Criterion::method:
            return "no profile for {} with this method";
        case Criterion::host:
            break;
    }
    return {};
}

Failure name_wanted(const profiles::Request& request, std::string_view name) {
    const std::string whose =
        name.empty() ? "The host " + host_in_quotes(request) + " has a profile for clients with"
                     : "Profile '" + std::string{name} + "', which the request names, is for " +
                           "clients with";
    return Failure::of_client(
        FailureCode::name_wanted,
        whose + " a name and a password only, and the request gives none.",
        "Send the name and the password of a client (under clients: in the proxy's configuration) "
        "as Proxy-Authorization: Basic. In most programs: http://NAME:PASSWORD@ before the proxy's "
        "address."
    );
}

/// Nobody is told of what only others may use.
bool may_use(const profiles::Profile& profile, profiles::Request request) {
    std::string host{request.host};
    if (!profile.hosts.empty()) {
        const profiles::HostPattern& pattern = profile.hosts.front();
        if (pattern.kind() == profiles::HostPattern::Kind::exact) host = pattern.name();
        if (pattern.kind() == profiles::HostPattern::Kind::suffix) host = "a" + pattern.name();
    }
    request.host = host;
    request.port = profile.ports.empty() ? std::uint16_t{0} : profile.ports.front();
    const auto ruled_out_by = profiles::fit_of_named(profile, request).ruled_out_by;
    return ruled_out_by != Criterion::client && ruled_out_by != Criterion::listener;
}

std::string nearest_profile(
    const profiles::ProfileSet& set, const profiles::Request& request, std::string_view name
) {
    std::vector<std::string_view> known;
    for (const profiles::Profile& profile : set.profiles()) {
        if (may_use(profile, request)) known.push_back(profile.name);
    }
    return std::string{profiles::nearest_word(name, known)};
}

}  // namespace

Failure no_profile(
    const generation::Generation& generation, const profiles::Request& request,
    std::string_view name, const profiles::Match& match
) {
    constexpr auto kCode = FailureCode::no_profile;
    if (match.reason == MatchReason::ambiguous_path) return ambiguous_path(request.path);
    if (match.name_wanted) return name_wanted(request, name);
    if (const std::optional<Criterion> criterion = criterion_of(match.reason)) {
        const Profiles found = ruled_out_by(generation.profiles(), request, name, *criterion);
        return Failure::of_client(
            kCode, ruled_out_text(found, request, name, *criterion), remedy_of(*criterion, request),
            brief_of(*criterion)
        );
    }
    if (!name.empty()) {
        return Failure::of_client(
            kCode,
            "Profile '" + std::string{name} + "' does not have " + named(request) +
                " among its hosts.",
            "Add the host to the hosts of that profile, or name another one."
        );
    }
    return Failure::of_client(
        kCode, has_no_profile(request),
        add_host(generation, request, profiles::nearest_host(generation.profiles(), request))
    );
}

Failure unknown_profile(const generation::Generation& generation, const RoutingRequest& asked) {
    constexpr auto kCode = FailureCode::no_profile;
    const bool by_field = !asked.named.empty();
    const std::string_view name = by_field ? asked.named : asked.scheme;
    const std::string said = shortened(name);
    const std::string nearest = nearest_profile(generation.profiles(), asked.request, name);
    if (by_field) {
        return Failure::of_client(
            kCode, "X-Countersign-Profile says '" + said + "', and no profile has that name.",
            (nearest.empty() ? "Send the name of a profile, or leave the field out: "
                             : "Did you mean '" + nearest + "'? Otherwise leave the field out: ") +
                "the profile is then found by the host.",
            "X-Countersign-Profile names no profile"
        );
    }
    const profiles::Request& request = asked.request;
    const std::string rest =
        std::string{profiles::authority_text(request.host, request.port).text()} +
        shortened(request.path.substr(0, request.path.find('?')));
    return Failure::of_client(
        kCode,
        "The URL begins with '" + said +
            "://', which is neither http://, nor https://, nor the name of a profile.",
        (nearest.empty() ? "Call " : "Did you mean '" + nearest + "://'? Otherwise call ") +
            "http://" + rest +
            ": Countersign forwards HTTP only. The name of a profile may stand in the place of "
            "http: PROFILE://" +
            rest + ".",
        "URL scheme is neither http nor the name of a profile"
    );
}

std::string has_no_profile(const profiles::Request& request) {
    return "No profile has " + named(request) + " among its hosts.";
}

std::string add_host(
    const generation::Generation& generation, const profiles::Request& request,
    const std::optional<profiles::NearHost>& near
) {
    if (!near) {
        return "Add the host to the hosts of the profile that should serve it, or add a profile "
               "for it.";
    }
    const std::string whose = certs::in_quotes(near->pattern) + " of profile '" +
                              generation.profiles()[near->profile].name + "'";
    if (near->is_below) {
        return whose + " stands for the names below " + std::string{request.host} + " only: add " +
               certs::in_quotes(request.host) + " too, where that profile should serve it.";
    }
    return "Did you mean " + whose +
           "? Otherwise add the host to the hosts of the profile that should serve it.";
}

}  // namespace countersign::proxy::routing
