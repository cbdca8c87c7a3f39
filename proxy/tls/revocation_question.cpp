#include "proxy/tls/revocation_question.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <new>

#include "certs/certificate.hpp"
#include "certs/error.hpp"
#include "proxy/tls/revocation_pointers.hpp"

namespace countersign::proxy::tls {

RevocationQuestion question_about(X509* certificate, X509* issuer, int depth) {
    RevocationQuestion question;
    question.certificate = certs::share(certificate);
    question.issuer = certs::share(issuer);
    question.depth = depth;
    question.responders = http_responders(certificate);
    question.lists = http_lists(certificate);
    std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> both;
    unsigned int own = 0;
    unsigned int above = 0;
    const bool done =
        X509_digest(certificate, EVP_sha256(), both.data(), &own) == 1 &&
        X509_digest(issuer, EVP_sha256(), both.data() + own, &above) == 1 &&
        EVP_Digest(both.data(), own + above, question.key.data(), nullptr, EVP_sha256(), nullptr) ==
            1;
    if (!done) throw std::bad_alloc{};
    return question;
}

bool has_question(const RevocationQuestions& questions, const RevocationKey& key) {
    return questions != nullptr &&
           std::ranges::any_of(*questions, [&](const auto& one) { return one.key == key; });
}

bool are_among(const RevocationQuestions& some, const RevocationQuestions& others) {
    return some == nullptr || std::ranges::all_of(*some, [&](const auto& one) {
               return has_question(others, one.key);
           });
}

}  // namespace countersign::proxy::tls
