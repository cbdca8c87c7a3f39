#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "proxy/account.hpp"
#include "proxy/tls/tls_context.hpp"
#include "proxy/upstream/addresses/goal.hpp"
#include "proxy/upstream/beginning.hpp"
#include "proxy/upstream/handshake_report.hpp"
#include "proxy/upstream/origin.hpp"

namespace countersign::proxy::upstream {

// What a HandshakeReport says, in the words that the answer to a client, the log and `probe` share.

/// What was to be reached, and by which TLS.
struct AccountTerms {
    addresses::Goal goal;
    const tls::TlsContext& tls;
};

/// All of it, from the name to what was said last.
std::shared_ptr<const Account> account_of(const Beginning& beginning, const Origin& origin);
/// Of a connection that there is not: null where not even the name was found.
std::shared_ptr<const Account> account_of(
    const ReachSteps& reached, const ConnectReport& times, const addresses::Goal& goal
);

/// What the name stands for, and which of that may not be dialled.
Account name_lines(const ReachSteps& reached, const ConnectReport& times);
/// "192.0.2.1:443 connected after 11.8 ms"
std::string dialled_text(const DialAttempt& attempt, const addresses::Goal& goal);
/// "TLS 1.2 to 1.3, for the name api.partner.example"
std::string offer_text(const AccountTerms& terms);
/// "-> ClientHello after 0.2 ms", "<- alert unknown_ca (48) after 12.0 ms"
std::string said_text(const tls::HandshakeTranscript::Said& said);
/// What the server chose, and its certificates. There was a connection.
Account server_lines(
    const HandshakeReport& report, const AccountTerms& terms,
    std::chrono::system_clock::time_point now
);
/// Whether it asks for a certificate, and what it got. There was a connection.
Account client_lines(const HandshakeReport& report, const AccountTerms& terms);

/// "12.3 ms"
std::string milliseconds_text(std::chrono::microseconds duration);

}  // namespace countersign::proxy::upstream
