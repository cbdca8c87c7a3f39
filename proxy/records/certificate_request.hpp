#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "certs/bytes.hpp"
#include "certs/edit/edit_error.hpp"
#include "certs/edit/reply.hpp"
#include "certs/openssl_handle.hpp"
#include "profiles/certificate_record.hpp"
#include "proxy/records/record_draft.hpp"

namespace countersign::proxy::records {

// From a new key pair to the certificate that an authority issues for it. The private key is made
// here, and does not leave the console's folder.

/// What an operator wants of a new key pair.
struct KeyPairWish {
    std::string name = {};
    std::string description = {};
    std::string key = "ec";  ///< as `countersign keystore generate --key` has it: "rsa-3072"
    std::string subject = {};
    std::vector<std::string> names = {};  ///< alternative ones: "DNS:api.example"
};

/// A PEM key store with a new key, and a certificate that signs itself and holds the place of the
/// authority's. Not active: nobody is to present that one.
certs::EditResult<RecordDraft> make_key_pair(
    const KeyPairWish& wish, std::chrono::system_clock::time_point now
);

/// What goes to the authority, and what its record has now.
struct CertificateRequest {
    std::string pem;
    std::string key;      ///< "EC P-256"
    std::string subject;  ///< RFC 4514
    std::vector<std::string> names;
    bool awaits_reply = false;  ///< the record has no more than what holds the place
    std::vector<certs::X509Handle> certificates;
};

/// A request with the subject and the names of the certificate that the record's key has now.
certs::EditResult<CertificateRequest> request_for(const profiles::CertificateRecord& record);

/// One file of what the authority sent back.
struct ReplyFile {
    std::string name;  ///< for messages; may be empty
    certs::SecretBytes content;
};

/// The record's store with the authority's certificates behind its key.
struct RepliedStore {
    /// Of the record as it is to be, with its passwords and alias: active, if it was, or if this is
    /// what it has waited for.
    RecordDraft draft;
    std::vector<std::string> notes;
};

/// Whatever the files' forms and order: the certificate for the key is found, and the chain put
/// together. Error: which certificate is missing, or that none is for that key.
certs::EditResult<RepliedStore> take_reply(
    const profiles::CertificateRecord& record, const std::vector<ReplyFile>& files,
    certs::Completeness completeness, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::records
