#include "profiles/configuration.hpp"

#include <algorithm>

#include "profiles/authority.hpp"

namespace countersign::profiles {

std::string to_text(const ListenAddress& address) {
    if (const auto* path = std::get_if<UnixAddress>(&address)) return "unix:" + path->path.string();
    const auto& tcp = std::get<TcpAddress>(address);
    const auto text = authority_text(tcp.address.to_text(), tcp.port).text();
    return tcp.port == 0 ? text + ":0" : text;
}

std::vector<std::string_view> words_of(const RewriteRules& rules) {
    std::vector<std::string_view> words;
    for (const auto& [word, rule] : kRewriteWords) {
        if (rules.*rule) words.push_back(word);
    }
    return words;
}

std::string mode_text(std::uint32_t mode) {
    std::string text{"0"};
    for (const unsigned shift : {6U, 3U, 0U}) {
        text += static_cast<char>('0' + (mode >> shift & 7U));
    }
    return text;
}

std::vector<Network> default_denied_networks() {
    return {
        *Network::parse("169.254.0.0/16"),   // link-local
        *Network::parse("fe80::/10"),        // link-local
        *Network::parse("fd00:ec2::254"),    // AWS
        *Network::parse("fd00:ec2::23"),     // AWS, the EKS Pod Identity Agent
        *Network::parse("fd20:ce::254"),     // Google Cloud
        *Network::parse("100.100.100.200"),  // Alibaba Cloud
        *Network::parse("192.0.0.192"),      // Oracle Cloud at Customer and Classic
    };
}

bool Listener::allows(const IpAddress& client) const {
    const auto contains = [&](const Network& network) { return network.contains(client); };
    return allow.empty() || std::ranges::any_of(allow, contains);
}

Listener AdminRules::default_listener() {
    Listener listener;
    listener.name = "admin";
    listener.address = TcpAddress{IpAddress::v4({127, 0, 0, 1}), 9901};
    return listener;
}

const CertificateRecord* Configuration::find_certificate(std::string_view name) const {
    const auto found = std::ranges::find(certificates, name, &CertificateRecord::name);
    return found == certificates.end() ? nullptr : &*found;
}

bool Configuration::is_for_admin_alone(std::string_view record) const {
    if (!admin.tls || admin.tls->key_store != record) return false;
    return std::ranges::none_of(profiles, [record](const Profile& profile) {
        return profile.key_store == record;
    });
}

std::vector<ListenerKind> Configuration::listener_kinds() const {
    std::vector<ListenerKind> kinds;
    for (const auto& listener : listeners) {
        kinds.push_back(
            {listener.name, listener.is_unix(), listener.profile.has_value(), listener.upstream}
        );
    }
    return kinds;
}

}  // namespace countersign::profiles
