#include "proxy/admin/admission.hpp"

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::proxy::admin {

namespace {

constexpr std::string_view kBearer = "bearer ";

/// The host of "127.0.0.1:9901", "[::1]:9901", "localhost".
std::string_view host_in(std::string_view authority) {
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        return end == std::string_view::npos ? authority : authority.substr(1, end - 1);
    }
    return authority.substr(0, authority.rfind(':'));
}

/// A name that somebody else's name server leads to this machine is how a page of elsewhere gets
/// here (DNS rebinding); an address, or localhost, nobody else can give away.
bool names_this_machine(std::string_view host) {
    return profiles::IpAddress::parse(host) || certs::same_ignoring_case(host, "localhost");
}

std::optional<Refusal> refusal_of_browser(const Credentials& credentials) {
    const bool elsewhere = !credentials.fetch_site.empty() &&
                           credentials.fetch_site != "same-origin" &&
                           credentials.fetch_site != "none";
    const bool other_origin = !credentials.origin.empty() &&
                              credentials.origin != "http://" + std::string{credentials.host};
    if (!elsewhere && !other_origin) return std::nullopt;
    return Refusal{403, "A page of another site asks here by a browser, which may not be."};
}

std::optional<Refusal> refusal_of_token(
    const Credentials& credentials, const certs::PasswordDigest& token
) {
    const std::string_view given = credentials.authorization;
    if (given.empty()) {
        return Refusal{
            401,
            "This call needs the token of admin.token: Authorization: Bearer TOKEN. The "
            "countersign commands take it from the configuration (-c), or from a file "
            "(--token-file)."};
    }
    if (certs::starts_ignoring_case(given, kBearer) &&
        token.matches(given.substr(kBearer.size()))) {
        return std::nullopt;
    }
    return Refusal{
        401, "The token is not the one of admin.token. Where that has been changed, reload first."};
}

}  // namespace

std::optional<Refusal> refusal_of(
    const Caller& caller, const Credentials& credentials, Access access,
    const profiles::Listener& rules, const certs::PasswordDigest* token, Session session
) {
    if (!caller.may_connect(rules)) {
        return Refusal{
            403, caller.address.to_text() +
                     " may not ask here: admin.allow names the networks that may."};
    }
    if (!caller.is_unix && !credentials.host.empty() &&
        !names_this_machine(host_in(credentials.host))) {
        return Refusal{
            403, "The Host '" + certs::printable(credentials.host) +
                     "' is a name, and a page of another site may be behind it. Ask by an IP "
                     "address of this machine."};
    }
    if (auto refusal = refusal_of_browser(credentials)) return refusal;
    if (access == Access::watch) return std::nullopt;
    if (!caller.is_local()) {
        return Refusal{
            403,
            "Only this machine may ask for that. From elsewhere there are /healthz, /readyz "
            "and /metrics."};
    }
    if (access == Access::enter) return std::nullopt;
    if (access == Access::read && session != Session::none) return std::nullopt;
    if (access == Access::edit && session == Session::proven) return std::nullopt;
    if (access == Access::edit && session == Session::open && credentials.authorization.empty()) {
        return Refusal{
            403,
            "A change wants the session's proof, too: the field Countersign-Session with what "
            "signing in has answered under proof. Sign in again."};
    }
    if (token != nullptr) return refusal_of_token(credentials, *token);
    if (access == Access::read) return std::nullopt;
    return Refusal{
        403,
        "Calls that change something need a token, and there is none. Make one with `(umask 077; "
        "openssl rand -hex 32 > admin.token)`, and name it in the configuration: admin: { token: { "
        "file: admin.token } }."};
}

}  // namespace countersign::proxy::admin
