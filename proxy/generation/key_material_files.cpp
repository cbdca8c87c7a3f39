#include "proxy/generation/key_material_files.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>

#include "certs/system_trust.hpp"

namespace countersign::proxy::generation {

namespace {

class Files {
public:
    void add(const std::filesystem::path& path) {
        if (seen_.insert(path.native()).second) all_.push_back(path);
    }
    void add(const std::optional<certs::PasswordSource>& source) {
        if (source) add_source(*source);
    }
    void add_source(const certs::PasswordSource& source) {
        if (const auto* file = std::get_if<certs::PasswordFile>(&source)) {
            add(file->path);
        } else if (const auto* credential = std::get_if<certs::PasswordCredential>(&source)) {
            const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
            if (directory != nullptr) add(std::filesystem::path{directory} / credential->name);
        }
    }
    void add_record(const certs::KeyStoreSource& source) {
        add(source.file);
        if (source.key_file) add(*source.key_file);
        for (const std::filesystem::path& file : source.chain_files) add(file);
        add(source.password);
        add(source.key_password);
    }
    void add_record(const certs::TrustSource& source) {
        const auto* file = std::get_if<certs::TrustFile>(&source);
        if (file == nullptr) return;
        add(file->path);
        add(file->password);
    }
    std::vector<std::filesystem::path> take() { return std::move(all_); }

private:
    std::vector<std::filesystem::path> all_;
    std::unordered_set<std::string> seen_;
};

}  // namespace

std::vector<std::filesystem::path> files_of(const certs::KeyStoreSource& source) {
    Files files;
    files.add_record(source);
    return files.take();
}

std::vector<std::filesystem::path> files_of(const certs::TrustSource& source) {
    Files files;
    files.add_record(source);
    return files.take();
}

std::vector<std::filesystem::path> key_material_files(const profiles::Configuration& configuration
) {
    Files files;
    for (const profiles::CertificateRecord& record : configuration.certificates) {
        if (!record.active) continue;
        std::visit([&files](const auto& source) { files.add_record(source); }, record.source);
    }
    for (const profiles::NamedClient& client : configuration.clients) {
        files.add_source(client.password);
    }
    for (const profiles::Profile& profile : configuration.profiles) {
        for (const profiles::SetField& field : profile.request_headers.set) {
            files.add_source(field.value);
        }
        for (const std::filesystem::path& file : profile.tls.crl) files.add(file);
    }
    if (configuration.admin.token) files.add_source(*configuration.admin.token);
    if (configuration.console.users) files.add_source(*configuration.console.users);
    return files.take();
}

std::string key_material_state(
    const profiles::Configuration& configuration, certs::ContentStates& states
) {
    return states.of(key_material_files(configuration)) + '\n' + certs::system_trust_state();
}

}  // namespace countersign::proxy::generation
