#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <string_view>
#include <vector>

#include "certs/edit/edit_error.hpp"
#include "proxy/records/certificate_request.hpp"

namespace countersign::proxy::admin {

/// What the body of a call wants of a new key pair: an object with `name`, `description`, `key`,
/// `subject` and `names`, a list.
certs::EditResult<records::KeyPairWish> key_pair_wish_in(std::string_view body);

/// What an authority sent back for a request.
struct ReplyBody {
    std::vector<records::ReplyFile> files;
    certs::Completeness completeness = certs::Completeness::needed;
};

/// An object with `files`, a list of objects with `file_name` and either `content` in base64 or
/// `pem`, and with `incomplete`, true where a missing issuer is no reason to refuse.
certs::EditResult<ReplyBody> reply_in(std::string_view body);

boost::json::object request_document(
    const records::CertificateRequest& request, std::chrono::system_clock::time_point now
);

}  // namespace countersign::proxy::admin
