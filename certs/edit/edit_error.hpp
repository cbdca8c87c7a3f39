#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

#include "certs/error.hpp"

namespace countersign::certs {

/// Why something could not be made, changed or written: a sentence to act on, with its remedy.
/// Never holds a password or a key.
struct EditError {
    std::string sentence;
    /// The part of what was asked for that is wrong, "subject"; empty: it is not known.
    std::string field = {};
};

/// The same, about that part of what was asked for.
inline EditError about(std::string field, EditError error) {
    error.field = std::move(field);
    return error;
}

template <class T>
using EditResult = boost::system::result<T, EditError>;

/// What could not be read cannot be changed.
inline EditError edit_error(const LoadError& error) { return {error.message(Audience::command)}; }

/// `what`, and what OpenSSL says of it.
EditError openssl_error(const std::string& what);

/// What `value()` does on an error that nobody looked at: a bug, so an exception.
[[noreturn]] void throw_exception_from_error(
    const EditError& error, const boost::source_location& location
);

}  // namespace countersign::certs
