#include "proxy/admin/configuration_document.hpp"

#include <boost/json/value_from.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "certs/text/base64.hpp"
#include "profiles/units.hpp"
#include "proxy/admin/json_document.hpp"
#include "proxy/explain/profile_text.hpp"

namespace countersign::proxy::admin {

namespace {

namespace json = boost::json;

json::value secret(const certs::PasswordSource& source) {
    if (const auto* file = std::get_if<certs::PasswordFile>(&source)) {
        return json::object{{"file", json_text(file->path.string())}};
    }
    if (const auto* variable = std::get_if<certs::PasswordEnvironment>(&source)) {
        return json::object{{"env", json_text(variable->variable)}};
    }
    if (const auto* credential = std::get_if<certs::PasswordCredential>(&source)) {
        return json::object{{"credential", json_text(credential->name)}};
    }
    return "<redacted>";
}

json::value secret_or_null(const std::optional<certs::PasswordSource>& source) {
    return source ? secret(*source) : json::value(nullptr);
}

json::string duration(std::chrono::milliseconds time) {
    return json_text(profiles::duration_text(time));
}

template <class Words, class Meaning>
json::string word(const Words& words, Meaning meaning) {
    return json_text(certs::word_for(words, meaning));
}

json::value address_or_null(const std::optional<profiles::HostPort>& to) {
    return to ? json::value(json_text(explain::authority_of(*to))) : json::value(nullptr);
}

json::object rotation_rules(const profiles::RotationRules& rules) {
    json::object object{{"overlap", duration(rules.overlap)}, {"verify_with", nullptr}};
    if (rules.verify_with) object["verify_with"] = json_text(to_text(*rules.verify_with));
    return object;
}

json::object listener(const profiles::Listener& one) {
    json::object object{
        {"name", json_text(one.name)},
        {"address", json_text(profiles::to_text(one.address))},
        {"allow",
         json_list(one.allow, [](const auto& network) { return json_text(network.to_text()); })},
        {"profile", json_text_or_null(one.profile)},
        {"upstream", address_or_null(one.upstream)},
        {"tell_identity", one.tell_identity},
        {"client_connections", one.client_connections},
        {"cross_site", word(profiles::kCrossSiteRules, one.cross_site)},
    };
    json::array& rewrite = object["rewrite"].emplace_array();
    for (const std::string_view word : profiles::words_of(one.rewrite)) rewrite.emplace_back(word);
    if (one.mode) object["mode"] = json_text(profiles::mode_text(*one.mode));
    if (one.group) object["group"] = json_text(one.group->text);
    return object;
}

void add_source(json::object& object, const certs::KeyStoreSource& source) {
    object["type"] = word(certs::kKeyStoreFormats, source.declared);
    object["file"] = json_text(source.file.string());
    if (source.key_file) object["key"] = json_text(source.key_file->string());
    object["chain"] =
        json_list(source.chain_files, [](const auto& file) { return json_text(file.string()); });
    object["password"] = secret_or_null(source.password);
    object["key_password"] = secret_or_null(source.key_password);
    object["alias"] = json_text_or_null(source.alias);
    object["send_root"] = source.send_root;
}

void add_source(json::object& object, const certs::TrustSource& source) {
    object["type"] = json_text(profiles::kTrustRecord);
    if (const auto* file = std::get_if<certs::TrustFile>(&source)) {
        object["file"] = json_text(file->path.string());
        object["password"] = secret_or_null(file->password);
    } else if (const auto* pem = std::get_if<certs::TrustInlinePem>(&source)) {
        object["pem"] = json_text(pem->text);
    }
}

json::object record(const profiles::CertificateRecord& one) {
    json::object object{
        {"name", json_text(one.name)},
        {"active", one.active},
        {"description", json_text(one.description)},
        {"warn_before_expiry", duration(one.warn_before_expiry)},
    };
    std::visit([&object](const auto& source) { add_source(object, source); }, one.source);
    return object;
}

json::value names_or_null(const std::vector<std::string>& names) {
    return names.empty() ? json::value{} : json::value{json_list(names)};
}

json::object tls(const profiles::TlsRules& rules) {
    json::object object{
        {"min_version", word(profiles::kTlsVersions, rules.min_version)},
        {"max_version", word(profiles::kTlsVersions, rules.max_version)},
        {"server_name",
         rules.offer.server_name ? json_text_or_null(rules.server_name) : json::value{"none"}},
        {"verify_names",
         json_list(rules.verify_names, [](const auto& name) { return json_text(name.text); })},
        {"pins",
         json_list(
             rules.pins,
             [](const profiles::Pin& pin) {
                 return json_text(
                     std::string{profiles::kPinPrefix} +
                     certs::encode_base64({reinterpret_cast<const char*>(pin.data()), pin.size()})
                 );
             }
         )},
        {"session_resumption", rules.session_resumption},
        {"renegotiation", word(profiles::kRenegotiationRules, rules.renegotiation)},
        {"post_handshake_auth", rules.post_handshake_auth},
        {"require_client_auth", rules.require_client_auth},
        {"crl", json_list(rules.crl, [](const auto& file) { return json_text(file.string()); })},
        {"revocation", word(profiles::kRevocationRules, rules.revocation)},
        {"cipher_suites", names_or_null(rules.offer.cipher_suites)},
        {"ciphers", names_or_null(rules.offer.ciphers)},
        {"groups", names_or_null(rules.offer.groups)},
        {"signature_algorithms", names_or_null(rules.offer.signature_algorithms)},
        {"alpn", rules.offer.alpn ? json::array{"http/1.1"} : json::array{}},
    };
    for (const profiles::DangerSwitch& one : profiles::kDangerSwitches) {
        object[one.key] = rules.dangers.has(one.danger);
    }
    object[profiles::kKeyLog] =
        rules.key_log ? json_text(rules.key_log->string()) : json::value(nullptr);
    return object;
}

json::object headers(const profiles::RequestHeaderRules& rules) {
    json::object set;
    for (const profiles::SetField& field : rules.set) set[field.name] = secret(field.value);
    return {{"set", std::move(set)}, {"remove", json_list(rules.remove)}};
}

json::array trust(const profiles::TrustRule& rule) {
    json::array names = json_list(rule.records);
    if (rule.system) names.emplace_back("system");
    return names;
}

json::array leniencies(profiles::ResponseLeniencies allowed) {
    json::array names;
    for (const auto& [name, leniency] : profiles::kResponseLeniencies) {
        if (allowed.has(leniency)) names.emplace_back(name);
    }
    return names;
}

json::object profile(const profiles::Profile& one) {
    const profiles::Timeouts& timeouts = one.timeouts;
    return {
        {"name", json_text(one.name)},
        {"hosts", json_list(one.hosts, [](const auto& host) { return json_text(host.to_text()); })},
        {"ports", json::array(one.ports.begin(), one.ports.end())},
        {"paths", json_list(one.paths, [](const auto& path) { return json_text(path.text()); })},
        {"methods", json_list(one.methods)},
        {"clients",
         json_list(
             one.clients, [](const auto& client) { return json_text(profiles::to_text(client)); }
         )},
        {"listeners", json_list(one.listeners)},
        {"default_port", one.default_port},
        {"key_store", json_text_or_null(one.key_store)},
        {"trust", trust(one.trust)},
        {"tls", tls(one.tls)},
        {"connect_to", address_or_null(one.connect_to)},
        {"request_headers", headers(one.request_headers)},
        {"preserve_host", one.preserve_host},
        {"timeouts",
         json::object{
             {"resolve", duration(timeouts.resolve)},
             {"connect", duration(timeouts.connect)},
             {"handshake", duration(timeouts.handshake)},
             {"request_idle", duration(timeouts.request_idle)},
             {"response_header", duration(timeouts.response_header)},
             {"response_idle", duration(timeouts.response_idle)},
         }},
        {"pool",
         json::object{
             {"max_connections", one.pool.max_connections},
             {"max_idle", one.pool.max_idle},
             {"idle_timeout", duration(one.pool.idle_timeout)},
             {"max_age", duration(one.pool.max_age)},
             {"max_requests", one.pool.max_requests},
             {"max_waiting", one.pool.max_waiting},
             {"wait_timeout", duration(one.pool.wait_timeout)},
         }},
        {"retry", word(profiles::kRetryRules, one.retry)},
        {"rotation", rotation_rules(one.rotation)},
        {"probe_hosts",
         json_list(
             one.probe_hosts, [](const auto& at) { return json_text(explain::authority_of(at)); }
         )},
        {"connect_method", word(profiles::kConnectRules, one.connect_method)},
        {"upgrade", word(profiles::kUpgradeRules, one.upgrade)},
        {"response_leniency", leniencies(one.response_leniency)},
    };
}

json::object console_rules(const profiles::ConsoleRules& rules) {
    json::object object{{"enabled", rules.enabled}};
    if (rules.directory) object["directory"] = json_text(rules.directory->string());
    object["users"] = secret_or_null(rules.users);
    return object;
}

json::value admin_rules(const profiles::AdminRules& rules) {
    if (!rules.listener) return "off";
    json::object object{
        {"address", json_text(profiles::to_text(rules.listener->address))},
        {"allow",
         json_list(
             rules.listener->allow, [](const auto& network) { return json_text(network.to_text()); }
         )},
        {"token", secret_or_null(rules.token)},
        {"tls", nullptr},
    };
    if (rules.tls) {
        object["tls"] = json::object{
            {"key_store", json_text(rules.tls->key_store)},
            {"trust",
             json_list(rules.tls->trust, [](const std::string& name) { return json_text(name); })}};
    }
    if (rules.listener->mode) {
        object["mode"] = json_text(profiles::mode_text(*rules.listener->mode));
    }
    if (rules.listener->group) object["group"] = json_text(rules.listener->group->text);
    return object;
}

}  // namespace

json::object configuration_document(const profiles::Configuration& configuration) {
    const profiles::Limits& limits = configuration.limits;
    const profiles::AddressRules& addresses = configuration.addresses;
    return {
        {"listeners", json_list(configuration.listeners, listener)},
        {"certificates", json_list(configuration.certificates, record)},
        {"clients", json_list(
                        configuration.clients,
                        [](const profiles::NamedClient& client) {
                            return json::object{
                                {"name", json_text(client.name)},
                                {"description", json_text(client.description)},
                                {"password", secret(client.password)}};
                        }
                    )},
        {"profiles", json_list(configuration.profiles, profile)},
        {"unmatched", word(profiles::kUnmatchedRules, configuration.unmatched)},
        {"addresses",
         json::object{
             {"deny",
              json_list(
                  addresses.deny, [](const auto& network) { return json_text(network.to_text()); }
              )},
             {"tunnel_private", addresses.tunnel_private},
         }},
        {"limits",
         json::object{
             {"header_bytes", limits.header_bytes},
             {"header_count", limits.header_count},
             {"client_connections", limits.client_connections},
             {"client_connections_per_address", limits.client_connections_per_address},
             {"body_bytes", limits.body_bytes},
             {"tunnel_idle", duration(limits.tunnel_idle)},
             {"client_idle", duration(limits.client_idle)},
             {"client_head", duration(limits.client_head)},
             {"client_min_rate", limits.client_min_rate},
             {"buffered", limits.buffered},
         }},
        {"workers",
         configuration.workers == 0 ? json::value("auto") : json::value(configuration.workers)},
        {"log",
         json::object{
             {"level", word(profiles::kLogLevels, configuration.log.level)},
             {"format", word(profiles::kLogFormats, configuration.log.format)},
             {"access", json_text(configuration.log.access)},
             {"query", configuration.log.query},
         }},
        {"trace", word(profiles::kTraceRules, configuration.trace)},
        {"shutdown",
         json::object{
             {"delay", duration(configuration.shutdown.delay)},
             {"drain", duration(configuration.shutdown.drain)},
         }},
        {"reload", json::object{{"watch_configuration", configuration.watch_configuration}}},
        {"admin", admin_rules(configuration.admin)},
        {"console", console_rules(configuration.console)},
        {"sandbox", word(profiles::kSandboxRules, configuration.sandbox)},
        {"user", configuration.user ? json_text(configuration.user->text) : json::value(nullptr)},
    };
}

}  // namespace countersign::proxy::admin
