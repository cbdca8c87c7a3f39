#include "certs/legacy_algorithms.hpp"

#include "certs/error.hpp"

namespace countersign::certs {

LegacyAlgorithms::LegacyAlgorithms() : context_{OSSL_LIB_CTX_new()} {
    if (!context_) return;
    standard_.reset(OSSL_PROVIDER_load(context_.get(), "default"));
    legacy_.reset(OSSL_PROVIDER_load(context_.get(), "legacy"));
    usable_ = standard_ != nullptr && legacy_ != nullptr;
    drain_openssl_errors();
}

}  // namespace countersign::certs
