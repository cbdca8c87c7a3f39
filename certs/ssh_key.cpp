#include "certs/ssh_key.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "certs/byte_reader.hpp"
#include "certs/printable.hpp"
#include "certs/text/base64.hpp"
#include "certs/text/shell_word.hpp"

namespace countersign::certs {
namespace {

constexpr std::size_t kLongestKind = 64;

/// The first bytes of a block's base64.
std::string front_of_block(std::string_view block) {
    constexpr std::size_t kLooked = 512;
    std::string digits;
    block.remove_prefix(std::min(block.find('\n'), block.size()));
    for (const char c : block) {
        if (c == '-' || digits.size() == kLooked) break;
        if (base64_value(c) >= 0) digits += c;
    }
    digits.resize(digits.size() - digits.size() % 4);
    std::array<char, kLooked> bytes{};
    const std::optional<std::size_t> size = decode_base64(digits, bytes);
    return size ? std::string{bytes.data(), *size} : std::string{};
}

/// "ssh-ed25519", from what stands in the clear in front of the key (PROTOCOL.key of OpenSSH);
/// empty where it cannot be read.
std::string kind_of_openssh_key(std::string_view block) {
    constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
    const std::string front = front_of_block(block);
    if (!front.starts_with(kMagic)) return {};
    ByteReader reader{as_bytes(std::string_view{front}.substr(kMagic.size()))};
    for (int each = 0; each < 3; ++each) reader.take(reader.u32());  // cipher, derivation, salt
    reader.u32();                                                    // how many keys
    reader.u32();                                                    // the public key's length
    const std::string_view kind = as_text(reader.take(reader.u32()));
    return reader.ok() && kind.size() <= kLongestKind ? printable(kind) : std::string{};
}

/// Keys of Ed25519 and those that live in a token ssh-keygen writes in OpenSSH's form alone,
/// whatever -m says. An unknown kind is tried.
bool has_common_form(std::string_view kind) {
    return kind.empty() || kind == "ssh-rsa" || kind == "ssh-dss" ||
           kind.starts_with("ecdsa-sha2-");
}

std::string make_another(const std::string& kind) {
    return "There is no command that writes a key of the kind " + kind +
           " in the common form. Make a key for TLS, `countersign keystore generate NEW.p12 "
           "--alias NAME --subject CN=NAME`, and have an authority sign its request.";
}

}  // namespace

bool has_openssh_key(const std::vector<PemPiece>& pieces) {
    return std::ranges::any_of(pieces, [](const PemPiece& each) {
        return each.label == kOpensshLabel;
    });
}

LoadError only_openssh_key(const std::vector<PemPiece>& pieces, const std::string& where) {
    LoadError error{LoadErrorCode::no_private_key, where, ""};
    error.cause =
        where + " has its private key in OpenSSH's own form, which TLS programs do not read";
    const auto key = std::ranges::find(pieces, kOpensshLabel, &PemPiece::label);
    const std::string kind =
        key == pieces.end() ? std::string{} : kind_of_openssh_key(as_text(key->block));
    if (!has_common_form(kind)) {
        error.remedy = make_another(kind);
        return error;
    }
    // ssh-keygen takes no key that others may read, and writes its file anew without what else is
    // in it.
    const std::string file = shell_word(where);
    const auto blocks = std::ranges::count_if(pieces, [](const PemPiece& each) {
        return each.kind != PemPiece::Kind::end;
    });
    error.remedy = "Write it anew in the common one: `";
    error.remedy += blocks == 1
                        ? "chmod 600 " + file + " && ssh-keygen -p -m PKCS8 -f " + file + "`."
                        : "(umask 077; sed -n '/BEGIN OPENSSH/,/END OPENSSH/p' " + file +
                              " > id) && ssh-keygen -p -m PKCS8 -f id`. Then id is its file.";
    return error;
}

std::string remedy_for_putty(std::string_view text, const std::string& where) {
    const std::string_view line = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
    const std::size_t colon = line.find(": ");
    const std::string_view kind = colon == line.npos ? line.substr(0, 0) : line.substr(colon + 2);
    if (kind.size() <= kLongestKind && !has_common_form(kind)) {
        return make_another(printable(kind));
    }
    return "Convert it: `puttygen " + shell_word(where) +
           " -O private-openssh -o id && ssh-keygen -p -m PKCS8 -f id`. Then get a certificate for "
           "it, since TLS needs one.";
}

}  // namespace countersign::certs
