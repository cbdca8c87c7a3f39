#include "tests/scenarios/ntlm_server.hpp"

#include <openssl/evp.h>

#include <string_view>

namespace countersign::tests {
namespace {

constexpr std::string_view kSignature{"NTLMSSP\0", 8};

/// NTLMSSP, the message's number, and the rest of it ([MS-NLMP] 2.2.1), in base64.
std::string message(char number, const std::string& rest) {
    const std::string bytes = std::string{kSignature} + number + std::string(3, '\0') + rest;
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string refusal(const std::string& fields) {
    return "HTTP/1.1 401 Unauthorized\r\n" + fields + "Content-Length: 8\r\n\r\nsign in\n";
}

std::string value_in(const std::string& request, std::string_view name) {
    const auto at = request.find(name);
    if (at == std::string::npos) return {};
    const auto begin = at + name.size();
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

}  // namespace

std::string ntlm_begin() { return message(1, std::string("\x07\x82\x08\x00", 4)); }

std::string ntlm_challenge() {
    // No target, flags (unicode, NTLM), eight bytes to be answered, nothing else.
    std::string rest("\0\0\0\0\x30\0\0\0\x01\x02\0\0", 12);
    return message(2, rest + "nonce123" + std::string(16, '\0'));
}

std::string ntlm_finish() { return message(3, std::string(60, '\0')); }

NtlmServer::NtlmServer(const Partner& partner, Options options)
    : options_{std::move(options)}, server_{partner.server(), [this](Peer& peer) {
                                                serve(peer);
                                            }} {}

void NtlmServer::serve(Peer& peer) {
    std::string user;
    bool challenged = false;
    for (std::string request; !(request = peer.read_request()).empty();) {
        ++requests_;
        if (!answer(peer, request, user, challenged)) return;
    }
}

/// False where the connection ends.
bool NtlmServer::answer(
    Peer& peer, const std::string& request, std::string& user, bool& challenged
) {
    using Closes = Options::Closes;
    const std::string token = value_in(request, "Authorization: NTLM ");
    if (token.starts_with(ntlm_begin().substr(0, 16))) {
        challenged = true;
        peer.write(refusal("WWW-Authenticate: NTLM " + ntlm_challenge() + "\r\n"));
        return options_.closes != Closes::after_challenge;
    }
    bool signed_in_now = false;
    if (!token.empty()) {
        if (!challenged) ++strays_;
        signed_in_now = challenged;
        if (challenged) user = value_in(request, "X-User: ");
        challenged = false;
    }
    if (user.empty()) return peer.write(refusal(options_.asks));
    if (!signed_in_now && options_.closes == Closes::on_request) {
        peer.cut();
        return false;
    }
    peer.write(ok("user=" + user + "\nconnection=" + std::to_string(peer.number()) + "\n"));
    return options_.closes != Closes::after_sign_in;
}

}  // namespace countersign::tests
