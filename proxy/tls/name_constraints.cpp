#include "proxy/tls/name_constraints.hpp"

#include <openssl/x509v3.h>

#include "certs/asn1.hpp"
#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "certs/openssl_handle.hpp"
#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::proxy::tls {

namespace {

using ConstraintsHandle = certs::OpensslHandle<NAME_CONSTRAINTS, NAME_CONSTRAINTS_free>;

ConstraintsHandle constraints_of(const X509* authority) {
    return ConstraintsHandle{static_cast<NAME_CONSTRAINTS*>(
        X509_get_ext_d2i(authority, NID_name_constraints, nullptr, nullptr)
    )};
}

/// "By simply adding zero or more labels to the left-hand side." A base that begins with a dot, or
/// with a wildcard, which the RFC knows neither of, wants one label at least.
bool is_within(std::string_view host, std::string_view base) {
    if (base.starts_with("*.")) base.remove_prefix(1);
    if (base.empty()) return true;
    if (host.size() <= base.size()) return certs::same_ignoring_case(host, base);
    const std::size_t added = host.size() - base.size();
    const bool on_a_border = base.front() == '.' || host[added - 1] == '.';
    return on_a_border && certs::same_ignoring_case(host.substr(added), base);
}

/// The host names of one list; of anything else it has none that fits.
struct Subtrees {
    bool any = false;
    bool fits = false;
};

Subtrees look_at(const STACK_OF(GENERAL_SUBTREE) * subtrees, std::string_view host) {
    Subtrees found;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
        const GENERAL_NAME* const base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;
        if (base->type != GEN_DNS) continue;
        found.any = true;
        if (is_within(host, certs::asn1_text(base->d.dNSName))) found.fits = true;
    }
    return found;
}

int judge(const NAME_CONSTRAINTS& constraints, std::string_view host) {
    if (look_at(constraints.excludedSubtrees, host).fits) return X509_V_ERR_EXCLUDED_VIOLATION;
    const Subtrees permitted = look_at(constraints.permittedSubtrees, host);
    return permitted.any && !permitted.fits ? X509_V_ERR_PERMITTED_VIOLATION : X509_V_OK;
}

/// The first of a certificate's host names that the constraints do not allow.
std::string offending_name(X509* certificate, const NAME_CONSTRAINTS& constraints) {
    const certs::GeneralNamesHandle names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
    )};
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS) continue;
        const std::string_view host = certs::asn1_text(name->d.dNSName);
        if (judge(constraints, host) != X509_V_OK) return certs::printable(host);
    }
    return {};
}

}  // namespace

std::optional<NameObjection> objection_to(const STACK_OF(X509) * chain, std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    for (int i = 1; i < sk_X509_num(chain); ++i) {
        const X509* const authority = sk_X509_value(chain, i);
        const ConstraintsHandle constraints = constraints_of(authority);
        if (!constraints) continue;
        const int error = judge(*constraints, host);
        if (error == X509_V_OK) continue;
        return NameObjection{error, certs::subject_of(authority), std::string{host}};
    }
    return std::nullopt;
}

std::optional<NameObjection> objection_to(const STACK_OF(X509) * chain, int depth) {
    if (depth < 0 || depth >= sk_X509_num(chain)) return std::nullopt;
    X509* const certificate = sk_X509_value(chain, depth);
    std::optional<NameObjection> objection;
    for (int i = depth + 1; i < sk_X509_num(chain) && !objection; ++i) {
        const X509* const authority = sk_X509_value(chain, i);
        const ConstraintsHandle constraints = constraints_of(authority);
        if (!constraints) continue;
        const int error = NAME_CONSTRAINTS_check(certificate, constraints.get());
        if (error != X509_V_ERR_EXCLUDED_VIOLATION && error != X509_V_ERR_PERMITTED_VIOLATION) {
            continue;
        }
        objection = NameObjection{
            error, certs::subject_of(authority), offending_name(certificate, *constraints)};
    }
    certs::drain_openssl_errors();
    return objection;
}

}  // namespace countersign::proxy::tls
