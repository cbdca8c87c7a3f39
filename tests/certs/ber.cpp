#include "tests/certs/ber.hpp"

#include <openssl/asn1.h>

#include <algorithm>
#include <stdexcept>

namespace countersign::tests {
namespace {

constexpr char kOctetString = 0x04;
constexpr char kConstructed = 0x20;
constexpr std::size_t kPiece = 100;

std::string open_ended(char tag, const std::string& content) {
    return std::string{tag} + '\x80' + content + std::string(2, '\0');
}

std::string in_pieces(std::string_view content) {
    std::string pieces;
    for (; !content.empty(); content.remove_prefix(std::min(kPiece, content.size()))) {
        const std::string_view piece = content.substr(0, kPiece);
        pieces += std::string{kOctetString, static_cast<char>(piece.size())}.append(piece);
    }
    return open_ended(kOctetString | kConstructed, pieces);
}

}  // namespace

std::string indefinite(std::string_view der, int depth) {
    std::string ber;
    while (!der.empty()) {
        const auto* data = reinterpret_cast<const unsigned char*>(der.data());
        const unsigned char* content = data;
        long length = 0;
        int tag = 0;
        int tag_class = 0;
        const int form =
            ASN1_get_object(&content, &length, &tag, &tag_class, static_cast<long>(der.size()));
        if ((form & 0x80) != 0) throw std::runtime_error{"not DER"};
        const std::size_t head = static_cast<std::size_t>(content - data);
        const std::string_view inside = der.substr(head, static_cast<std::size_t>(length));
        if (depth > 0 && (form & V_ASN1_CONSTRUCTED) != 0) {
            ber += open_ended(der.front(), indefinite(inside, depth - 1));
        } else if (depth > 0 && der.front() == kOctetString) {
            ber += in_pieces(inside);
        } else {
            ber += der.substr(0, head + inside.size());
        }
        der.remove_prefix(head + inside.size());
    }
    return ber;
}

}  // namespace countersign::tests
