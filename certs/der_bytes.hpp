#pragma once

#include <algorithm>
#include <cstddef>

#include "certs/bytes.hpp"

namespace countersign::certs {

/// An OpenSSL object in DER, by its i2d function, in memory that is wiped. Empty where it cannot be
/// encoded.
template <class T, class Encode>
SecretBytes der_of(const T* object, Encode encode) {
    SecretBytes der(static_cast<std::size_t>(std::max(encode(object, nullptr), 0)));
    unsigned char* out = der.data();
    if (!der.empty()) encode(object, &out);
    return der;
}

}  // namespace countersign::certs
