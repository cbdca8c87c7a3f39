// What an operator sends for a certificate record, and the YAML that is made of it: whatever is in
// it, the configuration's reader finds that one record, with the same texts, or refuses the name.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "profiles/yaml_reader.hpp"
#include "proxy/admin/record_draft_body.hpp"
#include "proxy/records/record_text.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using countersign::profiles::CertificateRecord;
using countersign::proxy::records::RecordDraft;
namespace certs = countersign::certs;
namespace records = countersign::proxy::records;
using countersign::fuzz::require;

/// Not active: its files need not be there. As a key store where there is a password.
CertificateRecord record_of(const RecordDraft& draft) {
    CertificateRecord record;
    record.name = draft.name;
    record.active = false;
    record.description = draft.description;
    const std::string stem = records::file_stem(draft.name);
    require(stem.find('/') == stem.npos && !stem.starts_with('.'), "the stem is a plain name");
    if (draft.password) {
        certs::KeyStoreSource source;
        source.file = stem + ".jks";
        source.password = certs::PasswordFile{stem + ".password"};
        source.alias = draft.alias;
        record.source = std::move(source);
    } else {
        record.source = certs::TrustSource{certs::TrustFile{stem + ".crt"}};
    }
    return record;
}

void check(const CertificateRecord& record) {
    const std::string text = records::record_text(record);
    const auto read = countersign::profiles::read_configuration_text(text, "record.yaml");
    if (!read) {
        // Without a path: a control character that stands as itself.
        for (const auto& problem : read.error()) {
            const bool own = problem.path.empty() || problem.path.starts_with("certificates[0]");
            require(own, "it is the record's own fault");
        }
        return;
    }
    require(read->certificates.size() == 1, "it is one record");
    require(read->profiles.empty(), "and no profile");
    const CertificateRecord& found = read->certificates.front();
    require(found.name == record.name, "the name is the same");
    require(found.description == record.description, "the description is the same");
    require(!found.active, "it is as active as it was");
    require(records::record_text(found) == text, "it is written as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body{reinterpret_cast<const char*>(data), size};
    const auto draft = countersign::proxy::admin::draft_in(body);
    if (!draft) {
        require(draft.error().sentence.ends_with('.'), "what is wrong is a sentence");
        return 0;
    }
    require(!draft->content.empty(), "there is a container");
    require(draft->content.size() <= size, "and no more than was sent");
    check(record_of(*draft));
    return 0;
}
