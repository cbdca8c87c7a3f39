#pragma once

#include <vector>

#include "profiles/certificate_record.hpp"
#include "profiles/yaml/field.hpp"
#include "profiles/yaml/record_names.hpp"

namespace countersign::profiles {

/// The list `certificates:`; every record's name goes to `names`, those with problems too.
std::vector<CertificateRecord> read_certificates(const YamlField& field, RecordNames& names);

}  // namespace countersign::profiles
