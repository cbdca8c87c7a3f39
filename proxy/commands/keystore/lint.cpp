#include "certs/lint/lint.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "proxy/commands/keystore/verbs.hpp"
#include "proxy/commands/print_document.hpp"

namespace countersign::proxy::commands {
namespace {

using certs::Finding;
using certs::Severity;

void print_json(const std::filesystem::path& file, const std::vector<Finding>& findings) {
    print_document({
        {"file", json_text(file.native())},
        {"findings", json_list(
                         findings,
                         [](const Finding& finding) {
                             return boost::json::object{
                                 {"severity", json_text(name_of(finding.severity))},
                                 {"code", json_text(name_of(finding.code))},
                                 {"where", json_text(finding.where)},
                                 {"what", json_text(finding.what)},
                                 {"remedy", json_text(finding.remedy)},
                             };
                         }
                     )},
    });
}

void print_text(const certs::StoreDraft& store, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        std::cout << name_of(finding.severity) << ": " << finding.where << ": " << finding.what
                  << "\n  " << finding.remedy << "\n";
    }
    const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
    if (findings.empty()) {
        std::cout << store.where() << ": nothing found\n";
    } else {
        std::cout << store.where() << ": " << errors << " error(s), "
                  << std::ssize(findings) - errors << " warning(s)\n";
    }
}

}  // namespace

Outcome lint_store(const KeystoreOptions& options, bool& errors) {
    // Opened once for the password, which may have to be asked for.
    const certs::EditResult<certs::SecretBytes> bytes = read_store(options.files.front());
    if (!bytes) return bytes.error();
    const certs::EditResult<certs::StoreDraft> store =
        open_store(*bytes, options.files.front(), options, Need::keys);
    if (!store) return store.error();
    certs::KeyStoreSource source;
    source.file = options.files.front();
    source.key_password = options.key_password;
    if (store->password()) source.password = *store->password();
    const certs::LintTime time{.now = std::chrono::system_clock::now()};
    const auto findings = certs::lint_key_store(*bytes, source, time);
    if (!findings) return edit_error(findings.error());
    errors = std::ranges::any_of(*findings, [](const Finding& finding) {
        return finding.severity == Severity::error;
    });
    if (options.json) {
        print_json(options.files.front(), *findings);
    } else {
        print_text(*store, *findings);
    }
    return std::nullopt;
}

}  // namespace countersign::proxy::commands
