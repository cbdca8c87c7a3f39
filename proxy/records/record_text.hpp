#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "profiles/certificate_record.hpp"

namespace countersign::proxy::records {

/// The text of the YAML file of one record, as the console writes it: the same record, the same
/// text. Files are named without their folder, which is that of the text.
std::string record_text(const profiles::CertificateRecord& record);

/// What stands above such a text in its file. It has a digest of the text: a hand that changes
/// something does not change that, too.
std::string console_head(std::string_view text);

/// What the record's files begin with, a file's name without anything that a file system or a shell
/// takes for its own: "acme-client-1f0c93d2". Two names have two of them.
std::string file_stem(std::string_view record_name);

/// The name of that YAML file.
std::string record_file_name(std::string_view record_name);

/// Which state of a record somebody has seen: 32 hexadecimal digits.
std::string version_of(const profiles::CertificateRecord& record);

}  // namespace countersign::proxy::records
