#include "proxy/commands/probe/alone.hpp"

#include <optional>
#include <utility>

#include "certs/file.hpp"
#include "certs/key_store.hpp"
#include "certs/printable.hpp"
#include "proxy/commands/keystore/password_prompt.hpp"

namespace countersign::proxy::commands {

namespace {

using Loaded =
    boost::system::result<std::shared_ptr<const generation::Generation>, std::vector<std::string>>;

// The records' names: one file may be both.
std::string key_store_name(const ProbeOptions& options) {
    return "--key-store " + certs::printable(options.key_store.string());
}
std::string trust_name(const std::filesystem::path& file) {
    return "--trust " + certs::printable(file.string());
}

/// A file that cannot be read, or is none, is told of when it is loaded.
certs::KeyStoreFormat format_of(const std::filesystem::path& file) {
    const auto bytes = certs::read_file(file, certs::kMaxStoreBytes);
    const auto found = bytes ? certs::recognise(certs::as_text(*bytes)) : std::nullopt;
    return found.value_or(certs::KeyStoreFormat::pem);
}

profiles::CertificateRecord key_store_record(
    const ProbeOptions& options, const std::optional<certs::PasswordSource>& password
) {
    certs::KeyStoreSource source;
    source.file = options.key_store;
    source.declared = format_of(options.key_store);
    if (!options.key.empty()) source.key_file = options.key;
    if (!options.alias.empty()) source.alias = options.alias;
    source.password = password;
    profiles::CertificateRecord record;
    record.name = key_store_name(options);
    record.source = std::move(source);
    return record;
}

profiles::CertificateRecord trust_record(const std::filesystem::path& file) {
    profiles::CertificateRecord record;
    record.name = trust_name(file);
    record.source = certs::TrustSource{certs::TrustFile{file}};
    return record;
}

Loaded load(const ProbeOptions& options, const std::optional<certs::PasswordSource>& password) {
    profiles::Configuration configuration;
    profiles::Profile profile;
    profile.name = kAloneProfile;
    profile.hosts.push_back(*profiles::HostPattern::parse("*"));
    if (!options.key_store.empty()) {
        configuration.certificates.push_back(key_store_record(options, password));
        profile.key_store = key_store_name(options);
    }
    for (const std::filesystem::path& file : options.trust) {
        configuration.certificates.push_back(trust_record(file));
        profile.trust.records.push_back(trust_name(file));
    }
    profile.trust.system = options.trust.empty();
    profiles::Listener listener;
    listener.name = "default";
    listener.address = profiles::TcpAddress{profiles::IpAddress::v4({127, 0, 0, 1}), 0};
    configuration.listeners.push_back(std::move(listener));
    configuration.admin.listener.reset();
    configuration.profiles.push_back(std::move(profile));
    return generation::Generation::load(std::move(configuration));
}

}  // namespace

Loaded load_alone(const ProbeOptions& options) {
    Loaded loaded = load(options, options.password);
    if (loaded || options.password || options.key_store.empty()) return loaded;
    const bool has_password = format_of(options.key_store) != certs::KeyStoreFormat::pem;
    if (!has_password) return loaded;
    auto typed = ask_password("Password of " + certs::printable(options.key_store.string()));
    if (!typed) return loaded;
    return load(options, std::move(*typed));
}

}  // namespace countersign::proxy::commands
