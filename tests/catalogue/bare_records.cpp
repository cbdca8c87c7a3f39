#include "tests/catalogue/bare_records.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace countersign::tests::bare {

namespace {

constexpr int kChangeCipherSpec = 20;
constexpr int kAlert = 21;
constexpr int kHandshake = 22;
constexpr int kApplicationData = 23;

/// Of so many bytes, the most significant first.
std::string number(std::size_t value, int bytes) {
    std::string text;
    for (int at = bytes - 1; at >= 0; --at) {
        text += static_cast<char>(value >> (8 * static_cast<unsigned>(at)) & 0xFFU);
    }
    return text;
}

std::string record(int type, std::string_view content) {
    return number(static_cast<std::size_t>(type), 1) + number(kTls12, 2) +
           number(content.size(), 2).append(content);
}

std::string message(int type, std::string_view content) {
    return record(
        kHandshake,
        number(static_cast<std::size_t>(type), 1) + number(content.size(), 3).append(content)
    );
}

std::string hello(int version, std::string_view random, int suite, int compression) {
    const std::string renegotiation_info{"\xFF\x01\x00\x01\x00", 5};
    return message(
        2, number(static_cast<std::size_t>(version), 2).append(random) + number(0, 1) +
               number(static_cast<std::size_t>(suite), 2) +
               number(static_cast<std::size_t>(compression), 1) +
               number(renegotiation_info.size(), 2) + renegotiation_info
    );
}

}  // namespace

std::string alert(int number_of_it) {
    return record(kAlert, number(2, 1) + number(static_cast<std::size_t>(number_of_it), 1));
}

std::string server_hello(int version, int suite, int compression) {
    return hello(version, std::string(32, 'r'), suite, compression);
}

std::string weakened_server_hello() {
    return hello(kTls12, std::string(24, 'r') + "DOWNGRD\x01", kSuite, 0);
}

std::string certificate(std::string_view bytes) {
    const std::string one = number(bytes.size(), 3).append(bytes);
    return message(11, number(one.size(), 3) + one);
}

std::string long_record() {
    return number(kHandshake, 1) + number(kTls12, 2) + number(0x7FFF, 2) + std::string(64, 'x');
}

std::string noise() { return record(kApplicationData, std::string(64, 'x')); }

std::string finished_of_noise() {
    return record(kChangeCipherSpec, number(1, 1)) + record(kHandshake, std::string(64, 'x'));
}

void send_bare(const Peer& peer, std::string_view bytes) {
    ::send(SSL_get_fd(peer.tls()), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace countersign::tests::bare
