#include "tests/scenarios/clients/web_socket_server.hpp"

#include <openssl/evp.h>

#include <array>

namespace countersign::tests {
namespace {

constexpr std::string_view kKey = "\r\nsec-websocket-key: ";

std::string in_lower_case(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// RFC 6455 4.2.2, 5.4.
std::string accept_of(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::array<unsigned char, 64> base64{};
    EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    return reinterpret_cast<const char*>(base64.data());
}

/// So many bytes; fewer where the connection ended.
std::string read_bytes_of(Peer& peer, std::size_t count) {
    std::string bytes;
    while (bytes.size() < count) {
        const std::string more = peer.read_some(count - bytes.size());
        if (more.empty()) break;
        bytes += more;
    }
    return bytes;
}

struct Frame {
    unsigned opcode = 8;  ///< close
    std::string text;
};

/// A masked frame of less than 126 bytes, whole: all that these clients send.
Frame read_frame(Peer& peer) {
    const std::string head = read_bytes_of(peer, 6);
    if (head.size() < 6) return {};
    Frame frame{static_cast<unsigned char>(head[0]) & 15U, {}};
    frame.text = read_bytes_of(peer, static_cast<unsigned char>(head[1]) & 127U);
    for (std::size_t i = 0; i < frame.text.size(); ++i) {
        frame.text[i] = static_cast<char>(frame.text[i] ^ head[2 + i % 4]);
    }
    return frame;
}

void write_frame(Peer& peer, unsigned opcode, const std::string& text) {
    std::string frame{static_cast<char>(128U | opcode), static_cast<char>(text.size())};
    peer.write(frame += text);
}

}  // namespace

void serve_web_socket(Peer& peer) {
    constexpr unsigned kText = 1;
    constexpr unsigned kClose = 8;
    const std::string request = peer.read_head();
    const std::size_t at = in_lower_case(request).find(kKey);
    if (at == std::string::npos) {
        peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    const std::size_t begin = at + kKey.size();
    const std::string key = request.substr(begin, request.find('\r', begin) - begin);
    peer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_of(key) + "\r\n\r\n"
    );
    for (;;) {
        const Frame frame = read_frame(peer);
        if (frame.opcode == kClose) {
            write_frame(peer, kClose, frame.text);
            return;
        }
        if (frame.opcode == kText) {
            write_frame(peer, kText, peer.client_subject() + " said " + frame.text);
        }
    }
}

}  // namespace countersign::tests
