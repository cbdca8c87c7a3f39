#include "tests/catalogue/script.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "tests/catalogue/bare_records.hpp"

namespace countersign::tests {

namespace {

using Options = ScriptedServer::Options;
using std::string_view_literals::operator""sv;

constexpr std::string_view kHalf = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";

void without_tls(Options& options, const TempDir&) { options.certificate.clear(); }
void asks(Options& options, const TempDir& files) { options.client_ca = files / "root.crt"; }
void asks_in_tls_1_2(Options& options, const TempDir& files) {
    asks(options, files);
    options.max_version = TLS1_2_VERSION;
}
void asks_late(Options& options, const TempDir& files) {
    asks(options, files);
    options.asks_late = true;
}
void asks_late_for_others(Options& options, const TempDir& files) {
    asks_late(options, files);
    options.client_ca = files / "others.crt";
}

/// What a TLS 1.2 server says that has seen the certificate, and before anything is encrypted.
template <int kAlert>
void refuses(Options& options, const TempDir& files) {
    asks_in_tls_1_2(options, files);
    options.client_error = X509_V_ERR_CERT_REJECTED;
    options.says_at_certificate = bare::alert(kAlert);
}
template <int kError>
void finds(Options& options, const TempDir& files) {
    asks(options, files);
    options.client_error = kError;
}

void nothing(Peer&) {}
void answer(Peer& peer) {
    while (!peer.read_request().empty()) peer.write(ok("whole"));
}
void answer_once(Peer& peer) {
    if (!peer.read_request().empty()) peer.write(ok("whole", "Connection: close\r\n"));
}
/// To whatever came first.
template <const std::string_view& kBytes>
void greet(Peer& peer) {
    peer.write(kBytes);
    peer.read_some();
}
constexpr std::string_view kSsh = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
constexpr std::string_view kSmtp = "220 mail.example ESMTP\r\n";
constexpr std::string_view kSettings = "\0\0\0\x04\0\0\0\0\0"sv;

/// Says that after the ClientHello, without TLS of its own, and then waits for the end.
Script after_hello(const char* name, std::string bytes) {
    return {name, without_tls, [bytes = std::move(bytes)](Peer& peer) {
                peer.read_some();
                peer.write(bytes);
                while (!peer.read_some().empty()) {
                }
            }};
}
/// The same, and ends.
Script after_hello_ends(const char* name, std::string bytes, void (Peer::*end)()) {
    return {name, without_tls, [bytes = std::move(bytes), end](Peer& peer) {
                peer.read_some();
                peer.write(bytes);
                (peer.*end)();
            }};
}
Script after_request(const char* name, std::string bytes, void (Peer::*end)()) {
    return {name, nullptr, [bytes = std::move(bytes), end](Peer& peer) {
                if (peer.read_request().empty()) return;
                peer.write(bytes);
                (peer.*end)();
            }};
}

const std::vector<Script>& scripts() {
    using namespace bare;
    static const std::vector<Script> kScripts{
        {"HTTP", without_tls,
         [](Peer& peer) {
             peer.read_some();
             peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
             while (!peer.read_some().empty()) {
             }
         }},
        {"SSH", without_tls, greet<kSsh>},
        {"SMTP", without_tls, greet<kSmtp>},
        {"closes when it is called",
         [](Options& options, const TempDir&) {
             options.shakes_hands_with = 0;
             options.drops_the_others = true;
         },
         nothing},
        {"never answers", [](Options& options, const TempDir&) { options.shakes_hands_with = 0; },
         nothing},
        after_hello_ends("closes", "", &Peer::close_without_notice),
        after_hello_ends("resets", "", &Peer::cut),
        after_hello("falls silent after its first message", server_hello(kTls12)),
        after_hello_ends(
            "closes after its first message", server_hello(kTls12), &Peer::close_without_notice
        ),
        after_hello_ends("resets after its first message", server_hello(kTls12), &Peer::cut),
        after_hello("answers in TLS 1.1", server_hello(kTls11)),
        after_hello("is weakened on its way", weakened_server_hello()),
        after_hello(
            "has garbage as a certificate", server_hello(kTls12) + certificate("no certificate")
        ),
        after_hello("sends a record that is too long", server_hello(kTls12) + long_record()),
        after_hello(
            "sends another message than the one that is due",
            server_hello(kTls12) + server_hello(kTls12)
        ),
        after_hello("chooses a cipher suite that was not offered", server_hello(kTls12, kRc4)),
        after_hello("compresses", server_hello(kTls12, kSuite, 1)),
        after_hello("says internal error", alert(80)),
        after_hello("says user canceled", alert(90)),
        after_hello("says insufficient security", alert(71)),
        after_hello("says decode error", alert(50)),
        {"says access denied", refuses<49>, nothing},
        {"says bad certificate", refuses<42>, nothing},
        {"says unsupported certificate", refuses<43>, nothing},
        {"says certificate unknown", refuses<46>, nothing},
        {"says decrypt error", refuses<51>, nothing},
        {"says handshake failure", refuses<40>, nothing},
        {"finds it revoked", finds<X509_V_ERR_CERT_REVOKED>, answer},
        {"finds it expired", finds<X509_V_ERR_CERT_HAS_EXPIRED>, answer},
        {"finds it weak", finds<X509_V_ERR_EE_KEY_TOO_SMALL>, answer},
        {"breaks the end of the handshake",
         [](Options& options, const TempDir& files) {
             asks_in_tls_1_2(options, files);
             options.client_error = X509_V_ERR_CERT_REJECTED;
             options.says_at_certificate = finished_of_noise();
             options.tickets = false;  // one would come before it
         },
         nothing},
        {"closes at the certificate",
         [](Options& options, const TempDir& files) {
             asks(options, files);
             options.closes_at_certificate = true;
             options.client_error = X509_V_ERR_CERT_REJECTED;
             options.max_version = TLS1_2_VERSION;
         },
         nothing},
        {"signs by SHA-1",
         [](Options& options, const TempDir&) {
             options.careless = options.deaf_to_signatures = true;
             options.max_version = TLS1_2_VERSION;
         },
         answer},
        {"has a group of 1024 bits",
         [](Options& options, const TempDir&) {
             options.careless = options.small_dh = true;
             options.max_version = TLS1_2_VERSION;
             options.ciphers = "DHE-RSA-AES128-GCM-SHA256";
         },
         answer},
        {"is old in every way",
         [](Options& options, const TempDir&) {
             options.careless = options.small_dh = true;
             options.min_version = options.max_version = TLS1_VERSION;
             options.ciphers = "DHE-RSA-AES128-SHA";
         },
         answer},
        {"has no session context",
         [](Options& options, const TempDir& files) {
             asks(options, files);
             options.session_context = false;
         },
         answer_once},
        {"closes where a session is offered",
         [](Options& options, const TempDir&) { options.drops_sessions = true; }, answer_once},
        {"asks late", asks_late,
         [](Peer& peer) {
             if (peer.read_head().empty()) return;
             if (peer.ask_for_certificate() && peer.wait_for_certificate()) {
                 peer.write(ok("as " + peer.client_subject()));
             }
         }},
        {"asks late in TLS 1.2",
         [](Options& options, const TempDir& files) {
             asks_late(options, files);
             options.max_version = TLS1_2_VERSION;
         },
         [](Peer& peer) {
             if (peer.read_head().empty()) return;
             peer.ask_for_certificate();
             if (peer.wait_for_certificate()) peer.write(ok("as " + peer.client_subject()));
         }},
        {"asks late in TLS 1.2, and again",
         [](Options& options, const TempDir& files) {
             asks_late(options, files);
             options.max_version = TLS1_2_VERSION;
         },
         [](Peer& peer) {
             if (peer.read_head().empty()) return;
             peer.ask_for_certificate();
             if (peer.wait_for_certificate()) peer.asks_again_in_vain();
         }},
        {"asks late for another's", asks_late_for_others,
         [](Peer& peer) {
             if (peer.read_head().empty()) return;
             peer.ask_for_certificate();
             peer.wait_for_certificate();
         }},
        {"asks in the middle of its answer for another's", asks_late_for_others,
         [](Peer& peer) {
             if (peer.read_head().empty()) return;
             peer.write(kHalf);
             peer.ask_for_certificate();
             peer.wait_for_certificate();
         }},
        {"does not ask", nullptr, answer},
        {"says nothing", nullptr,
         [](Peer& peer) {
             while (!peer.read_request().empty()) {
             }
         }},
        {"speaks HTTP/2", nullptr,
         [](Peer& peer) {
             peer.write(kSettings);
             peer.read_some();
         }},
        {"sends noise behind the request", nullptr,
         [](Peer& peer) {
             if (peer.read_request().empty()) return;
             send_bare(peer, noise());
             peer.read_some();
         }},
        {"sends noise in the middle of its answer", nullptr,
         [](Peer& peer) {
             if (peer.read_request().empty()) return;
             peer.write(kHalf);
             send_bare(peer, noise());
             peer.read_some();
         }},
        after_request("closes behind the request", "", &Peer::close_cleanly),
        after_request("resets behind the request", "", &Peer::cut),
        after_request(
            "closes in its head", "HTTP/1.1 200 OK\r\nContent-Le", &Peer::close_without_notice
        ),
        after_request("closes in its body", std::string{kHalf}, &Peer::close_without_notice),
        after_request(
            "ends its body with the connection alone", "HTTP/1.1 200 OK\r\n\r\nwhole",
            &Peer::close_without_notice
        ),
        after_request(
            "closes without a word when all is said", ok("whole"), &Peer::close_without_notice
        ),
    };
    return kScripts;
}

}  // namespace

const Script& script_named(const std::string& name) {
    const auto found =
        std::ranges::find_if(scripts(), [&](const Script& one) { return name == one.name; });
    if (found == scripts().end()) throw std::runtime_error{"no script is '" + name + "'"};
    return *found;
}

}  // namespace countersign::tests
