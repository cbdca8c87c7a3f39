#include "tests/certs/edit/kept.hpp"

#include "certs/certificate.hpp"
#include "certs/write/pem_block.hpp"
#include "tests/certs/stores.hpp"

namespace countersign::tests {
namespace {

constexpr std::chrono::milliseconds kNow{1'790'000'000'123};

void append(std::string& text, const std::string& part) {
    text += (text.empty() ? "" : "; ") + part;
}

}  // namespace

certs::StoreDraft draft_of(std::string_view bytes, std::optional<std::string_view> password) {
    return certs::StoreDraft::read(
               certs::as_bytes(bytes), password ? secret(*password) : std::nullopt, "store"
    )
        .value();
}

std::string written(certs::StoreDraft& draft) {
    const auto bytes = draft.write(kNow).value();
    return std::string{certs::as_text(bytes)};
}

std::string lost(const certs::StoreDraft& before, const certs::StoreDraft& after) {
    std::string text;
    for (const auto& item : before.held().missing_from(after.held())) append(text, item.what);
    return text;
}

std::string told(const certs::StoreDraft& draft) {
    std::string text;
    for (const certs::KeyEntry& entry : draft.entries().keys) {
        std::string chain;
        for (const auto& each : entry.certificates) {
            chain += (chain.empty() ? "" : ", ") + certs::subject_of(each.get());
        }
        append(text, entry.alias + ": " + chain);
    }
    for (const certs::TrustedEntry& entry : draft.entries().trusted) {
        append(text, "trusted " + entry.alias + ": " + certs::subject_of(entry.certificate.get()));
    }
    for (const auto& each : draft.entries().loose) {
        append(text, "loose " + certs::subject_of(each.get()));
    }
    return text;
}

std::string block(const std::string& label, std::string_view bytes) {
    const auto pem = certs::pem_block(label.c_str(), certs::as_bytes(bytes)).value();
    return std::string{certs::as_text(pem)};
}

}  // namespace countersign::tests
