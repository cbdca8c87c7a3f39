#include "certs/edit/trusted_alias.hpp"

#include "certs/certificate.hpp"
#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

bool is_kept(char c) {
    return is_lower_case(c) || is_digit(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

std::string free_alias(const StoreDraft& store, const std::string& wanted) {
    if (!has_aliases(store.container()) || !store.check_alias(wanted)) return wanted;
    for (int number = 2;; ++number) {
        std::string numbered = wanted + "-" + std::to_string(number);
        if (!store.check_alias(numbered)) return numbered;
    }
}

}  // namespace

std::string alias_from_subject(const X509* certificate) {
    std::string text = subject_of(certificate);
    if (const std::size_t cn = text.find("CN="); cn != text.npos) {
        text = text.substr(cn + 3, text.find(", ", cn) - cn - 3);
    }
    std::string alias;
    for (const char c : in_lower_case(text)) {
        if (is_kept(c)) {
            alias += c;
        } else if (!alias.empty() && alias.back() != '-') {
            alias += '-';
        }
    }
    while (alias.ends_with('-')) alias.pop_back();
    return alias.empty() ? "trusted" : alias;
}

std::optional<EditError> add_trusted(
    StoreDraft& store, const std::vector<X509Handle>& certificates,
    const std::optional<std::string>& alias, std::vector<std::string>& done
) {
    std::size_t number = 0;
    for (const X509Handle& certificate : certificates) {
        ++number;
        const std::string subject = subject_of(certificate.get());
        if (const auto known = store.alias_of_trusted(certificate.get())) {
            done.push_back(subject + " is trusted already, alias " + printable(*known));
            continue;
        }
        std::string name = alias.value_or("");
        if (alias && certificates.size() > 1) name += "-" + std::to_string(number);
        if (!alias) name = free_alias(store, alias_from_subject(certificate.get()));
        if (auto error = store.add_trusted(name, share(certificate.get()))) return error;
        done.push_back(
            (has_aliases(store.container()) ? "trusts, alias " + printable(name) + ": "
                                            : std::string{"has now: "}) +
            subject + "; SHA-256 " + fingerprint_of(certificate.get())
        );
    }
    return std::nullopt;
}

}  // namespace countersign::certs
