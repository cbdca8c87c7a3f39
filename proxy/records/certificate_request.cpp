#include "proxy/records/certificate_request.hpp"

#include <iterator>
#include <optional>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/certificate_bundle.hpp"
#include "certs/edit/certificate_path.hpp"
#include "certs/edit/store_draft.hpp"
#include "certs/file.hpp"
#include "certs/make/alternative_names.hpp"
#include "certs/make/certificate_request.hpp"
#include "certs/make/distinguished_name.hpp"
#include "certs/make/key_pair.hpp"
#include "certs/printable.hpp"
#include "certs/text/phrase.hpp"
#include "certs/write/pem_block.hpp"

namespace countersign::proxy::records {

namespace {

using certs::Audience;
using certs::EditError;
using certs::EditResult;
using certs::StoreDraft;
using profiles::CertificateRecord;

/// How long the certificate is good that holds the place: authorities answer sooner.
constexpr int kPlaceholderDays = 365;

EditError error_of(const certs::LoadError& error) { return {error.message(Audience::form)}; }

std::chrono::milliseconds since_epoch(std::chrono::system_clock::time_point now) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
}

/// A record's store, open, and its key.
struct OpenStore {
    StoreDraft store;
    std::size_t entry;
    certs::PrivateKeyHandle key;
    std::optional<certs::Secret> key_password;
};

EditResult<OpenStore> open(const CertificateRecord& record) {
    const auto* const source = std::get_if<certs::KeyStoreSource>(&record.source);
    if (source == nullptr) {
        return EditError{
            certs::in_quotes(certs::printable(record.name)) +
            " holds certificates to trust, and no private key that a request could be made for."};
    }
    const auto bytes = certs::read_file(source->file, certs::kMaxStoreBytes);
    if (!bytes) return error_of(bytes.error());
    const auto password = certs::read_optional_password(source->password);
    if (!password) return error_of(password.error());
    auto key_password = certs::read_optional_password(source->key_password);
    if (!key_password) return error_of(key_password.error());
    auto store = StoreDraft::read(*bytes, *password, certs::printable(record.name));
    if (!store) return error_of(store.error());
    const auto chosen =
        store->choose(certs::has_aliases(store->container()) ? source->alias : std::nullopt);
    if (!chosen) return chosen.error();
    auto key = store->open(*chosen, *key_password);
    if (!key) return error_of(key.error());
    return OpenStore{std::move(*store), *chosen, std::move(*key), std::move(*key_password)};
}

/// Whether the record has no more than the certificate that holds the place. An identity that
/// signs itself and serves is none.
bool awaits_reply(const CertificateRecord& record, const std::vector<certs::X509Handle>& chain) {
    return !record.active && chain.size() == 1 && certs::is_root(chain.front().get());
}

EditResult<std::vector<certs::X509Handle>> received_in(const std::vector<ReplyFile>& files) {
    std::vector<certs::X509Handle> all;
    for (const ReplyFile& file : files) {
        const std::string where = file.name.empty() ? "the reply" : certs::printable(file.name);
        auto read = certs::read_certificates(file.content, std::nullopt, where);
        if (!read) return error_of(read.error());
        std::move(read->begin(), read->end(), std::back_inserter(all));
    }
    return all;
}

std::string names_of(const std::vector<ReplyFile>& files) {
    std::vector<std::string> names;
    for (const ReplyFile& file : files) {
        if (!file.name.empty()) names.push_back(certs::printable(file.name));
    }
    return names.empty() ? "the reply" : certs::joined(names);
}

}  // namespace

EditResult<RecordDraft> make_key_pair(
    const KeyPairWish& wish, std::chrono::system_clock::time_point now
) {
    const auto spec = certs::KeySpec::parse(wish.key);
    if (!spec) return certs::about("key", spec.error());
    const auto subject = certs::parse_distinguished_name(wish.subject, Audience::form);
    if (!subject) return certs::about("subject", subject.error());
    const auto names = certs::parse_alternative_names(wish.names, Audience::form);
    if (!names) return certs::about("names", names.error());
    const auto key = certs::make_key_pair(*spec);
    if (!key) return key.error();
    const certs::CertificateWish asked{subject->get(), names->get(), {}};
    auto certificate = certs::make_self_signed(key->get(), asked, now, kPlaceholderDays);
    if (!certificate) return certificate.error();
    StoreDraft store{certs::Container::pem, std::nullopt, certs::printable(wish.name)};
    std::vector<certs::X509Handle> chain;
    chain.push_back(std::move(*certificate));
    if (auto error = store.add_key("", key->get(), std::move(chain), std::nullopt)) return *error;
    auto bytes = store.write(since_epoch(now));
    if (!bytes) return bytes.error();
    RecordDraft draft;
    draft.name = wish.name;
    draft.description = wish.description;
    draft.content = std::move(*bytes);
    draft.active = false;
    return draft;
}

EditResult<CertificateRequest> request_for(const CertificateRecord& record) {
    auto opened = open(record);
    if (!opened) return opened.error();
    const auto& chain = opened->store.entries().keys[opened->entry].certificates;
    if (chain.empty()) {
        return EditError{
            certs::in_quotes(certs::printable(record.name)) +
            " has no certificate to take the subject from. Make a new key pair."};
    }
    const X509* const leaf = chain.front().get();
    const auto subject = certs::subject_name_of(leaf);
    if (!subject) return subject.error();
    const auto names = certs::alternative_names_of(leaf);
    const certs::CertificateWish wish{subject->get(), names.get(), certs::purpose_of(leaf)};
    const auto der = certs::make_request(opened->key.get(), wish);
    if (!der) return der.error();
    const auto pem = certs::pem_block("CERTIFICATE REQUEST", *der);
    if (!pem) return pem.error();
    CertificateRequest made;
    made.pem = certs::as_text(*pem);
    made.key = certs::describe_key(opened->key.get());
    made.subject = certs::subject_of(leaf);
    made.names = certs::subject_alt_names_of(leaf);
    made.awaits_reply = awaits_reply(record, chain);
    made.certificates = certs::share(chain);
    return made;
}

EditResult<RepliedStore> take_reply(
    const CertificateRecord& record, const std::vector<ReplyFile>& files,
    certs::Completeness completeness, std::chrono::system_clock::time_point now
) {
    auto opened = open(record);
    if (!opened) return opened.error();
    const auto received = received_in(files);
    if (!received) return received.error();
    const bool awaited =
        awaits_reply(record, opened->store.entries().keys[opened->entry].certificates);
    auto reply = certs::match_reply(
        opened->key.get(), *received, opened->store.entries(), completeness,
        certs::printable(record.name), names_of(files), Audience::form
    );
    if (!reply) return reply.error();
    opened->store.set_certificates(opened->entry, std::move(reply->certificates));
    auto bytes = opened->store.write(since_epoch(now));
    if (!bytes) return bytes.error();
    RepliedStore replied;
    replied.notes = std::move(reply->notes);
    replied.draft.name = record.name;
    replied.draft.active = record.active || awaited;
    replied.draft.content = std::move(*bytes);
    replied.draft.password = opened->store.password();
    replied.draft.key_password = std::move(opened->key_password);
    replied.draft.alias = std::get<certs::KeyStoreSource>(record.source).alias;
    return replied;
}

}  // namespace countersign::proxy::records
