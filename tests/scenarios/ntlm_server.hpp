#pragma once

#include <atomic>
#include <string>

#include "tests/scenarios/scenario.hpp"

namespace countersign::tests {

/// The three messages of an NTLM handshake, as they stand in Authorization and WWW-Authenticate.
std::string ntlm_begin();
std::string ntlm_challenge();
std::string ntlm_finish();

/// A server that signs a user in on a connection, as IIS does: whatever comes on it then is his. It
/// believes the last step's X-User, and its answers say who is signed in on which connection:
/// "user=alice\nconnection=1\n". A last step where the first was not made is counted, and refused.
class NtlmServer {
public:
    struct Options {
        std::string asks = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n";
        /// Where it closes: behind the challenge, behind the 200 that ends the handshake, or when a
        /// signed-in user's request has come.
        enum class Closes {
            never,
            after_challenge,
            after_sign_in,
            on_request
        } closes = Closes::never;
    };

    explicit NtlmServer(const Partner& partner) : NtlmServer{partner, Options{}} {}
    NtlmServer(const Partner& partner, Options options);

    const ScriptedServer& server() const { return server_; }
    std::string authority() const { return server_.authority(); }
    /// Requests that came, and those that went on with a handshake of another connection.
    int requests() const { return requests_; }
    int strays() const { return strays_; }

private:
    void serve(Peer& peer);
    bool answer(Peer& peer, const std::string& request, std::string& user, bool& challenged);

    const Options options_;
    std::atomic<int> requests_ = 0;
    std::atomic<int> strays_ = 0;
    ScriptedServer server_;
};

}  // namespace countersign::tests
