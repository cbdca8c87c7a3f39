#include "certs/write/pem_rewrite.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "certs/certificate.hpp"
#include "certs/text/utf8.hpp"
#include "certs/write/pem_block.hpp"

namespace countersign::certs {
namespace {

using Kind = PemPiece::Kind;
using Certificates = std::vector<X509Handle>;

/// One run of `rewrite_pem`.
class Rewrite {
public:
    explicit Rewrite(const KeyStoreEntries& entries)
        : entries_{entries}, pieces_{entries.carried.pem} {}

    EditResult<SecretBytes> run() {
        put_byte_order_mark();
        const std::size_t place = place_of_chain();
        for (const KeyEntry& entry : entries_.keys) {
            if (!stands_in_file(entry)) put_key(entry);
        }
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            if (i == place && has_new_chain()) {
                put_text(pieces_[i]);
                put_new_chains();
            }
            put_piece(pieces_[i]);
            if (pieces_[i].kind == Kind::key && place == pieces_.size()) put_new_chains();
        }
        for (const X509Handle& each : wanted()) put_certificate(each.get());
        if (error_) return std::move(*error_);
        return std::move(out_);
    }

private:
    // It is at the beginning, or it makes the line behind it unreadable.
    void put_byte_order_mark() {
        if (as_text(pieces_.front().text).starts_with(kByteOrderMark))
            put(as_bytes(kByteOrderMark));
    }

    // Before the first certificate; where there is none, behind the key.
    std::size_t place_of_chain() const {
        const auto first = std::ranges::find_if(pieces_, [](const PemPiece& piece) {
            return !piece.certificates.empty();
        });
        return static_cast<std::size_t>(first - pieces_.begin());
    }

    bool stands_in_file(const KeyEntry& entry) const {
        return std::ranges::any_of(pieces_, [&](const PemPiece& piece) {
            return piece.kind == Kind::key && piece.key == entry.key.der;
        });
    }

    Certificates wanted() const {
        Certificates all;
        for (const KeyEntry& entry : entries_.keys) {
            for (const X509Handle& each : entry.certificates) all.push_back(share(each.get()));
        }
        for (const X509Handle& each : entries_.loose) all.push_back(share(each.get()));
        for (const TrustedEntry& each : entries_.trusted) {
            all.push_back(share(each.certificate.get()));
        }
        return all;
    }

    void put_key(const KeyEntry& entry) {
        put(pem_block_of(entry.key));
        for (const X509Handle& each : entry.certificates) put_certificate(each.get());
    }

    bool has_new_chain() const {
        return std::ranges::any_of(entries_.keys, [&](const KeyEntry& entry) {
            return entry.has_new_chain && stands_in_file(entry);
        });
    }

    void put_new_chains() {
        for (const KeyEntry& entry : entries_.keys) {
            if (!entry.has_new_chain || !stands_in_file(entry)) continue;
            for (const X509Handle& each : entry.certificates) put_certificate(each.get());
        }
    }

    // With its own block, and the lines before it, where it has one in the file.
    void put_certificate(const X509* certificate) {
        if (holds(done_, certificate)) return;
        const auto own = std::ranges::find_if(pieces_, [&](const PemPiece& piece) {
            return piece.kind == Kind::certificate && holds(piece.certificates, certificate);
        });
        if (own != pieces_.end()) {
            put_text(*own);
            put_block(own->block);
            moved_.push_back(&*own);
        } else {
            put(pem_block_of(certificate));
        }
        done_.push_back(share(const_cast<X509*>(certificate)));
    }

    void put_piece(const PemPiece& piece) {
        if (std::ranges::find(moved_, &piece) != moved_.end()) return;
        put_text(piece);
        switch (piece.kind) {
            case Kind::key:
                if (is_wanted_key(piece)) put_block(piece.block);
                break;
            case Kind::certificate:
            case Kind::bundle:
                put_certificates_of(piece);
                break;
            case Kind::other:
                put_block(piece.block);
                break;
            case Kind::end:
                break;
        }
    }

    bool is_wanted_key(const PemPiece& piece) const {
        return std::ranges::any_of(entries_.keys, [&](const KeyEntry& entry) {
            return entry.key.der == piece.key;
        });
    }

    // Of a bundle that holds what is no longer wanted the others stay, each as a block.
    void put_certificates_of(const PemPiece& piece) {
        const Certificates all = wanted();
        const auto is_wanted = [&](const X509Handle& each) { return holds(all, each.get()); };
        const bool whole = std::ranges::all_of(piece.certificates, is_wanted);
        if (whole) put_block(piece.block);
        for (const X509Handle& each : piece.certificates) {
            if (whole) {
                done_.push_back(share(each.get()));
            } else if (is_wanted(each) && piece.kind == Kind::bundle) {
                put_certificate(each.get());
            }
        }
    }

    void put_text(const PemPiece& piece) {
        if (std::ranges::find(told_, &piece) != told_.end()) return;
        told_.push_back(&piece);
        std::string_view text = as_text(piece.text);
        if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
        if (!text.empty()) end_line();
        put(as_bytes(text));
    }

    void put_block(ByteView block) {
        end_line();
        put(block);
    }

    void put(EditResult<SecretBytes> block) {
        if (block) {
            put_block(*block);
        } else if (!error_) {
            error_ = block.error();
        }
    }
    void put(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

    // A file may end without one.
    void end_line() {
        const bool at_begin = out_.empty() || as_text(out_) == kByteOrderMark;
        if (!at_begin && out_.back() != '\n') out_.push_back('\n');
    }

    const KeyStoreEntries& entries_;
    const std::vector<PemPiece>& pieces_;
    SecretBytes out_;
    std::optional<EditError> error_;
    std::vector<const PemPiece*> moved_;  ///< their blocks are in `out_` already
    std::vector<const PemPiece*> told_;   ///< so is the text before them
    Certificates done_;                   ///< those that are in `out_`
};

}  // namespace

EditResult<SecretBytes> rewrite_pem(const KeyStoreEntries& entries) {
    return Rewrite{entries}.run();
}

}  // namespace countersign::certs
