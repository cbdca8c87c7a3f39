#include "certs/key_file.hpp"

#include <optional>
#include <utility>

#include "certs/pem.hpp"

namespace countersign::certs {

LoadResult<std::vector<SealedKey>> read_key_file(ByteView bytes, const std::string& where) {
    if (std::optional<SealedKey> key = recognise_der_key(bytes)) {
        std::vector<SealedKey> one;
        one.push_back(std::move(*key));
        return one;
    }
    if (!is_pem(bytes)) {
        return LoadError{
            LoadErrorCode::not_recognised, where, "a private key in PEM or DER is expected"};
    }
    LoadResult<PemContent> content = read_pem(bytes, where);
    if (!content) return content.error();
    if (content->keys.empty()) {
        return LoadError{LoadErrorCode::no_private_key, where, "it holds " + content->describe()};
    }
    return std::move(content->keys);
}

}  // namespace countersign::certs
