#include "certs/pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "certs/der_bytes.hpp"
#include "certs/pem_lines.hpp"
#include "certs/pkcs7.hpp"
#include "certs/printable.hpp"
#include "certs/stranger.hpp"
#include "certs/text/phrase.hpp"
#include "certs/text/utf8.hpp"

namespace countersign::certs {
namespace {

/// One block as OpenSSL gives it: the text before it skipped, the base64 undone, wiped when it
/// goes.
struct Block {
    std::string label;
    std::string header;
    SecretBytes der;
};

bool ends_line(std::string_view text) { return text.empty() || text.ends_with('\n'); }

// Nullopt: one has something before it on its line. OpenSSL skips it, or takes it after all where
// the line is longer than what it reads at once. A byte order mark it reads over right behind
// another block, where files were put together.
std::optional<std::size_t> count_begins(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = find_begin(text); at != text.npos; at = find_begin(text, at + 1)) {
        std::string_view before = text.substr(0, at);
        if (before.ends_with(kByteOrderMark)) before.remove_suffix(kByteOrderMark.size());
        if (!ends_line(before)) return std::nullopt;
        ++count;
    }
    return count;
}

// Nullopt at the end of the text, with an empty error queue, and for a broken block, with the
// reason in the queue.
std::optional<Block> next_block(BIO* bio) {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long length = 0;
    if (PEM_read_bio_ex(bio, &label, &header, &data, &length, PEM_FLAG_SECURE) != 1) {
        if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) ERR_clear_error();
        return std::nullopt;
    }
    Block block{label, header, {data, data + length}};
    OPENSSL_secure_free(label);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(data, static_cast<std::size_t>(length));
    return block;
}

X509Handle parse_block(const Block& block) {
    const unsigned char* data = block.der.data();
    const auto length = static_cast<long>(block.der.size());
    // "TRUSTED CERTIFICATE" is OpenSSL's own: a certificate with settings after it.
    if (block.label == PEM_STRING_X509_TRUSTED)
        return X509Handle{d2i_X509_AUX(nullptr, &data, length)};
    return X509Handle{d2i_X509(nullptr, &data, length)};
}

bool is_certificate(const std::string& label) {
    return label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD ||
           label == PEM_STRING_X509_TRUSTED;
}

bool is_request(const std::string& label) {
    return label == PEM_STRING_X509_REQ || label == PEM_STRING_X509_REQ_OLD;
}

bool is_bundle(const Block& block) {
    return block.label == PEM_STRING_PKCS7 || block.label == PEM_STRING_PKCS7_SIGNED ||
           block.label == PEM_STRING_CMS || (block.label == PEM_STRING_X509 && is_pkcs7(block.der));
}

std::optional<SealedKey::Form> key_form(const Block& block) {
    if (block.label == PEM_STRING_PKCS8INF) return SealedKey::Form::pkcs8;
    if (block.label == PEM_STRING_PKCS8) return SealedKey::Form::pkcs8_encrypted;
    if (block.label == PEM_STRING_RSA || block.label == PEM_STRING_ECPRIVATEKEY ||
        block.label == PEM_STRING_DSA) {
        return block.header.empty() ? SealedKey::Form::traditional
                                    : SealedKey::Form::traditional_encrypted;
    }
    return std::nullopt;
}

SecretBytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// The END line that the first block of the text lacks, up to the next block; empty where it has
/// one, or none can be said.
std::string missing_end(std::string_view text) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kDashes = "-----";
    constexpr std::size_t kLongestLabel = 40;
    const std::size_t begin = find_begin(text);
    if (begin == text.npos || !text.substr(begin).starts_with(kBegin)) return {};
    text.remove_prefix(begin + kBegin.size());
    const std::size_t label_end = text.find(kDashes);
    if (label_end == text.npos || label_end > kLongestLabel) return {};
    const std::string label{text.substr(0, label_end)};
    text.remove_prefix(label_end + kDashes.size());
    text = text.substr(0, find_begin(text));
    const std::string end = "-----END " + label + "-----";
    return text.find(end) == text.npos && printable(label) == label ? end : "";
}

/// `text`: from where the block begins; empty where its lines are all right. `why`: OpenSSL's
/// words.
LoadError bad_block(
    const PemContent& before, std::string_view text, const std::string& why,
    const std::string& where
) {
    if (auto known = name_block(text.substr(std::min(find_begin(text), text.size())), where)) {
        return std::move(*known);
    }
    const std::string held = before.describe();
    const std::string block = held == "nothing" ? "its first block" : "the block after " + held;
    LoadError error = malformed(where, block + " cannot be read (OpenSSL: " + why + ")");
    error.remedy = "Get a new copy, from the first BEGIN line to the last END line.";
    if (const std::string end = missing_end(text); !end.empty()) {
        error.cause = where + " is incomplete: " + block + " has no line " + end;
    }
    return error;
}

/// Takes one block after the other into a PemContent.
class Collector {
public:
    Collector(PemContent& content, const std::string& where) : content_{content}, where_{where} {}

    // Nullopt: taken.
    std::optional<LoadError> take(Block block, PemPiece& piece) {
        piece.label = block.label;
        if (is_bundle(block)) return take_bundle(block, piece);
        if (is_certificate(block.label)) return take_certificate(block, piece);
        if (const std::optional<SealedKey::Form> form = key_form(block)) {
            piece.kind = PemPiece::Kind::key;
            piece.key = block.der;
            content_.keys.push_back({*form, std::move(block.der), std::move(block.header)});
        } else {
            piece.kind = PemPiece::Kind::other;
            content_.others.push_back(block.label);
        }
        return std::nullopt;
    }

private:
    std::optional<LoadError> take_bundle(const Block& block, PemPiece& piece) {
        auto bundle = read_pkcs7(block.der, where_);
        if (!bundle) return bundle.error();
        piece.kind = PemPiece::Kind::bundle;
        piece.says_more = !what_else_in_pkcs7(block.der).empty();
        piece.certificates = share(*bundle);
        std::ranges::move(*bundle, std::back_inserter(content_.certificates));
        return std::nullopt;
    }

    std::optional<LoadError> take_certificate(const Block& block, PemPiece& piece) {
        X509Handle certificate = parse_block(block);
        if (!certificate) {
            return bad_block(content_, {}, drain_openssl_errors(), where_);
        }
        piece.kind = PemPiece::Kind::certificate;
        piece.says_more = block.der.size() > der_of(certificate.get(), i2d_X509).size();
        piece.certificates.push_back(share(certificate.get()));
        content_.certificates.push_back(std::move(certificate));
        return std::nullopt;
    }

    PemContent& content_;
    const std::string& where_;
};

/// With its lines as OpenSSL wants them.
LoadResult<PemContent> read_blocks(std::string_view whole, const std::string& where) {
    std::string_view text = whole;
    // OpenSSL would not see the first block behind a byte order mark, and skip it.
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    const std::optional<std::size_t> begun = count_begins(text);
    if (!begun) {
        return LoadError{
            LoadErrorCode::malformed, where, "a BEGIN line in it does not stand alone",
            "Put it on a line of its own, with nothing before it."};
    }
    if (*begun == 0) return PemContent{};
    const BioHandle bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};

    ERR_clear_error();
    PemContent content;
    Collector collector{content, where};
    std::size_t read = 0;
    std::size_t taken = 0;  // of `whole`
    while (std::optional<Block> block = next_block(bio.get())) {
        ++read;
        const std::size_t end = whole.size() - BIO_ctrl_pending(bio.get());
        const std::string_view stretch = whole.substr(taken, end - taken);
        const std::size_t begin = std::min(find_begin(stretch), stretch.size());
        PemPiece piece;
        if (auto error = collector.take(std::move(*block), piece)) return *error;
        piece.text = bytes_of(stretch.substr(0, begin));
        piece.block = bytes_of(stretch.substr(begin));
        content.pieces.push_back(std::move(piece));
        taken = end;
    }
    if (const std::string reason = drain_openssl_errors(); !reason.empty()) {
        return bad_block(content, whole.substr(taken), reason, where);
    }
    if (read != *begun) {
        return malformed(
            where,
            counted(*begun, "block") + " begin in it and " + std::to_string(read) +
                " can be read; a BEGIN line stands alone: nothing before it, not even a byte "
                "order mark, and nothing behind its last five dashes"
        );
    }
    if (taken < whole.size()) content.pieces.push_back({.text = bytes_of(whole.substr(taken))});
    return content;
}

}  // namespace

std::string PemContent::describe() const {
    std::vector<std::string> parts;
    if (!certificates.empty()) parts.push_back(counted(certificates.size(), "certificate"));
    if (!keys.empty()) parts.push_back(counted(keys.size(), "private key"));
    if (!others.empty()) parts.push_back(describe_other_blocks(others));
    return parts.empty() ? "nothing" : joined(parts);
}

std::string describe_other_blocks(const std::vector<std::string>& labels) {
    if (labels.empty()) return {};
    if (std::ranges::all_of(labels, is_request)) {
        return labels.size() == 1 ? "a certificate request"
                                  : counted(labels.size(), "certificate request");
    }
    return counted(labels.size(), "other block") + " (" + printable_list(labels) + ")";
}

bool has_request(const std::vector<std::string>& labels) {
    return std::ranges::any_of(labels, is_request);
}

bool is_pem(ByteView bytes) {
    if (find_begin(as_text(bytes)) != std::string_view::npos) return true;
    const std::optional<SecretBytes> text = utf8_of_marked_utf16(bytes);
    return text && find_begin(as_text(*text)) != std::string_view::npos;
}

LoadResult<PemContent> read_pem(ByteView bytes, const std::string& where) {
    const std::optional<SecretBytes> converted = utf8_of_marked_utf16(bytes);
    const std::string_view text = as_text(converted ? ByteView{*converted} : bytes);
    LoadResult<PemContent> content = read_blocks(text, where);
    if (content) return content;
    if (const std::optional<SecretBytes> mended = with_lines_mended(text)) {
        LoadResult<PemContent> second = read_blocks(as_text(*mended), where);
        if (second) return second;
    }
    LoadError error = content.error();
    if (auto document = name_document(text, where)) {
        document->code = error.code;  // there is a certificate in it, and it is not passed over
        return std::move(*document);
    }
    const std::string wrong = what_is_wrong_with_lines(text);
    if (error.cause.empty() && !wrong.empty()) error.detail += "; " + wrong;
    return error;
}

}  // namespace countersign::certs
