#include "proxy/admin/generation_document.hpp"

#include <optional>
#include <string>
#include <vector>

#include "certs/certificate.hpp"
#include "certs/lifetime.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/admin/profile_rows.hpp"
#include "proxy/explain/profile_text.hpp"

namespace countersign::proxy::admin {

namespace {

boost::json::object json_of(
    const generation::CertificateTerm& term, std::chrono::system_clock::time_point now
) {
    return {
        {"record", json_text(term.record)},
        {"role", json_text(generation::to_text(term.role))},
        {"subject", json_text(term.subject)},
        {"sha256", json_text(term.fingerprint)},
        {"not_before", json_text(certs::to_text(term.life.not_before))},
        {"not_after", json_text(certs::to_text(term.life.not_after))},
        {"days_left", generation::days_left(term, now)},
    };
}

}  // namespace

boost::json::array profile_objects(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    const auto texts = [](const auto& list) {
        return json_list(list, [](const auto& item) { return json_text(item.to_text()); });
    };
    boost::json::array objects;
    const auto& all = generation.profiles().profiles();
    const std::vector<ProfileRow> rows = profile_rows(generation, now);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const profiles::Profile& profile = all[i];
        const auto& tls = *generation.route(static_cast<std::int32_t>(i)).tls;
        const certs::Identity* const identity = tls.identity();
        objects.push_back(boost::json::object{
            {"profile", json_text(profile.name)},
            {"hosts", texts(profile.hosts)},
            {"ports", boost::json::array(profile.ports.begin(), profile.ports.end())},
            {"clients", json_list(
                            profile.clients,
                            [](const auto& client) { return json_text(profiles::to_text(client)); }
                        )},
            {"listeners", json_list(profile.listeners)},
            {"paths",
             json_list(profile.paths, [](const auto& path) { return json_text(path.text()); })},
            {"methods", json_list(profile.methods)},
            {"key_store", json_text_or_null(profile.key_store)},
            {"identity", json_text(rows[i].identity)},
            {"expires", json_text(rows[i].expiry)},
            {"days_left", identity == nullptr
                              ? boost::json::value(nullptr)
                              : boost::json::value(certs::days_until(identity->not_after(), now))},
            {"trust", json_text(rows[i].trust)},
            {"connect_method",
             json_text(certs::word_for(profiles::kConnectRules, profile.connect_method))},
            {"notes", json_text(rows[i].notes)},
        });
    }
    return objects;
}

boost::json::array certificate_objects(
    const generation::Generation& generation, std::chrono::system_clock::time_point now
) {
    return json_list(generation.terms(), [&](const generation::CertificateTerm& term) {
        return json_of(term, now);
    });
}

boost::json::array listener_objects(const profiles::Configuration& configuration) {
    return json_list(configuration.listeners, [](const profiles::Listener& listener) {
        std::optional<std::string> upstream;
        std::optional<std::string> cross_site;
        if (listener.upstream) {
            upstream = explain::authority_of(*listener.upstream);
            cross_site = certs::word_for(profiles::kCrossSiteRules, listener.cross_site);
        }
        std::optional<std::string> mode;
        if (listener.mode) mode = profiles::mode_text(*listener.mode);
        std::optional<std::string> group;
        if (listener.group) group = listener.group->text;
        return boost::json::object{
            {"listener", json_text(listener.name)},
            {"address", json_text(to_text(listener.address))},
            {"allow",
             json_list(
                 listener.allow, [](const auto& network) { return json_text(network.to_text()); }
             )},
            {"profile", json_text_or_null(listener.profile)},
            {"upstream", json_text_or_null(upstream)},
            {"cross_site", json_text_or_null(cross_site)},
            {"rewrite",
             json_list(
                 profiles::words_of(listener.rewrite), [](auto word) { return json_text(word); }
             )},
            {"mode", json_text_or_null(mode)},
            {"group", json_text_or_null(group)},
        };
    });
}

}  // namespace countersign::proxy::admin
