#pragma once

#include "certs/byte_reader.hpp"

namespace countersign::certs {

/// Goes past one object that Java serialised into a JCEKS store: a secret key, which has no length
/// in front of it. We have no use for the key, but entries follow it. Reads as much of the
/// serialisation protocol as such an object needs (strings, byte arrays, objects of plain fields),
/// and remembers of it what fits into a few kilobytes, for nothing vouches for these bytes yet; the
/// reader fails on anything else.
void skip_java_object(ByteReader& reader);

}  // namespace countersign::certs
