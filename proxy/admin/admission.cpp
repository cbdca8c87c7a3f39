#include "proxy/admin/admission.hpp"

#include "certs/printable.hpp"
#include "certs/text/ascii.hpp"
#include "certs/text/phrase.hpp"

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
/// here (DNS rebinding); an address, or localhost, nobody else can give away. Nor a name for which
/// an authority has made a certificate, where that is shown.
bool names_this_machine(const Caller& caller, std::string_view host) {
    return profiles::IpAddress::parse(host) || certs::same_ignoring_case(host, "localhost") ||
           (caller.tls && caller.tls->is_for(host));
}

std::optional<Refusal> refusal_of_browser(const Caller& caller, const Credentials& credentials) {
    const bool elsewhere = !credentials.fetch_site.empty() &&
                           credentials.fetch_site != "same-origin" &&
                           credentials.fetch_site != "none";
    const bool other_origin =
        !credentials.origin.empty() &&
        credentials.origin != std::string{caller.scheme()} + std::string{credentials.host};
    if (!elsewhere && !other_origin) return std::nullopt;
    return Refusal{403, "A page of another site asks here by a browser, which may not be."};
}

/// Of who has shown a certificate and is nobody by it; begins with a blank.
std::string not_known_by(const Caller& caller) {
    if (caller.certificate.subject.empty()) return {};
    return " The certificate of this connection is that of " +
           certs::in_quotes(certs::printable(caller.certificate.subject)) +
           ": console.users has no user of that name, or it is not trusted or valid any more.";
}

std::optional<Refusal> refusal_of_token(
    const Caller& caller, const Credentials& credentials, const certs::PasswordDigest& token
) {
    const std::string_view given = credentials.authorization;
    if (given.empty()) {
        return Refusal{
            401,
            "This call needs the token of admin.token: Authorization: Bearer TOKEN. The "
            "countersign commands take it from the configuration (-c), or from a file "
            "(--token-file)." +
                not_known_by(caller)};
    }
    if (certs::starts_ignoring_case(given, kBearer) &&
        token.matches(given.substr(kBearer.size()))) {
        return std::nullopt;
    }
    return Refusal{
        401, "The token is not the one of admin.token. Where that has been changed, reload first."};
}

/// Of a change by who has a session, and shows no token.
std::optional<Refusal> refusal_of_session(
    const Credentials& credentials, const SignedIn& signed_in
) {
    if (signed_in.session == Session::none || !credentials.authorization.empty()) {
        return std::nullopt;
    }
    if (signed_in.role != generation::Role::edit) {
        return Refusal{
            403, "You are signed in as " + certs::in_quotes(certs::printable(signed_in.user)) +
                     ", who has the role view, and may look only. Who keeps console.users can give "
                     "the role edit; then sign in again."};
    }
    return Refusal{
        403,
        "A change wants the session's proof, too: the field Countersign-Session with what signing "
        "in has answered under proof. Sign in again."};
}

}  // namespace

std::optional<Refusal> refusal_of(
    const Caller& caller, const Credentials& credentials, Access access,
    const profiles::Listener& rules, const Door& door
) {
    if (!caller.may_connect(rules)) {
        return Refusal{
            403, caller.address.to_text() +
                     " may not ask here: admin.allow names the networks that may."};
    }
    if (!caller.is_unix && !credentials.host.empty() &&
        !names_this_machine(caller, host_in(credentials.host))) {
        return Refusal{
            403, "The Host '" + certs::printable(credentials.host) +
                     "' is a name, and a page of another site may be behind it. Ask by an IP "
                     "address of this machine" +
                     (caller.tls ? ", or by a name of the certificate of admin.tls." : ".")};
    }
    if (auto refusal = refusal_of_browser(caller, credentials)) return refusal;
    if (access == Access::watch) return std::nullopt;
    if (!caller.is_local() && !caller.tls) {
        return Refusal{
            403,
            "Only this machine may ask for that. From elsewhere there are /healthz, /readyz "
            "and /metrics."};
    }
    if (!caller.is_local() && door.is_open()) {
        return Refusal{
            403,
            "From elsewhere this is for who shows a token, or signs in to the console, and there "
            "is nothing to show. Name a token, admin: { token: ... }; for the console and its API "
            "users will do, too, console: { users: ... }."};
    }
    if (access == Access::enter) return std::nullopt;
    if (access == Access::read && door.signed_in.session != Session::none) return std::nullopt;
    if (access == Access::edit) {
        if (door.signed_in.may_edit()) return std::nullopt;
        if (auto refusal = refusal_of_session(credentials, door.signed_in)) return refusal;
    }
    if (door.token != nullptr) return refusal_of_token(caller, credentials, *door.token);
    if (access == Access::read && door.is_open()) return std::nullopt;
    if (access == Access::read || (access == Access::edit && door.has_users)) {
        return Refusal{
            401,
            "Sign in first: POST /api/v1/session with {\"user\": \"...\", \"password\": "
            "\"...\"}, and show the cookie that comes back." +
                not_known_by(caller)};
    }
    return Refusal{
        403,
        "Calls that change something need a token, and there is none. Make one with `(umask 077; "
        "openssl rand -hex 32 > admin.token)`, and name it in the configuration: admin: { token: { "
        "file: admin.token } }."};
}

std::string who_asks(const Credentials& credentials, const Door& door) {
    const bool shows_token =
        door.token != nullptr && !refusal_of_token({}, credentials, *door.token).has_value();
    // A session that may do it comes first; one that may not does nothing with a token beside it.
    if (door.signed_in.may_edit()) return door.signed_in.text();
    if (shows_token) return "token";
    return door.signed_in.session == Session::none ? std::string{} : door.signed_in.text();
}

}  // namespace countersign::proxy::admin
