#include "proxy/records/profile_text.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "profiles/yaml_reader.hpp"
#include "proxy/records/profile_folder.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::proxy::records {
namespace {

namespace json = boost::json;

json::object parsed(const char* text) { return json::parse(text).as_object(); }

TEST(ProfileText, IsWhatTheConfigurationReads) {
    const json::object profile = parsed(
        R"({"tls":{"min_version":"1.3","verify_names":["a.example"]},"name":"acme",
            "hosts":["*.partner.example","yes"],"ports":[443,8443],"preserve_host":false,
            "trust":["system"],"request_headers":{"set":{"X-A":"a: \"b\" # ü\n"}}})"
    );
    EXPECT_EQ(
        profile_yaml(profile),
        "name: acme\n"
        "hosts: [\"*.partner.example\", \"yes\"]\n"
        "ports: [443, 8443]\n"
        "trust: [system]\n"
        "tls:\n"
        "  min_version: \"1.3\"\n"
        "  verify_names: [a.example]\n"
        "preserve_host: false\n"
        "request_headers:\n"
        "  set:\n"
        "    X-A: \"a: \\\"b\\\" # ü\\n\"\n"
    );
    const tests::TempDir folder;
    const json::object plain = parsed(R"({"name":"acme","hosts":["a.example"],"trust":["system"],
        "tls":{"min_version":"1.3"},"connect_to":"b.example:8443","preserve_host":false})");
    const auto read =
        profiles::read_configuration(folder.write("profile.yaml", profile_text(plain)));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->profiles.at(0).name, "acme");
    EXPECT_FALSE(read->profiles.at(0).preserve_host);
}

TEST(ProfileText, IsReadBackAsTheSameProfile) {
    for (const char* const text :
         {R"({"name":"a"})", R"({"name":"a","x":[],"y":{},"z":null})",
          R"({"name":"no","x":"true","y":true,"z":"12","w":12,"v":"1.2","u":-3,"t":"~","s":""})",
          R"({"name":"a","deep":{"er":{"list":[{"a":[1,"b c"]},[],{}]}},"key with: colon":"x"})",
          R"({"name":"a","big":"99999999999999999999","zero":"007","e":"1e3"})"}) {
        const json::object profile = parsed(text);
        const auto back = written_profile(profile_text(profile));
        ASSERT_TRUE(back) << profile_text(profile);
        EXPECT_EQ(profile_text(*back), profile_text(profile));
        for (const auto& [key, value] : profile) EXPECT_EQ(back->at(key), value) << text << key;
    }
}

TEST(ProfileText, ThatAHandHasChangedIsNotTheConsoles) {
    const std::string text = profile_text(parsed(R"({"name":"a","hosts":["a.example"]})"));
    ASSERT_TRUE(written_profile(text));
    EXPECT_FALSE(written_profile(text + "\n"));
    EXPECT_FALSE(written_profile(text + "    retry: never\n"));
    EXPECT_FALSE(written_profile(text.substr(text.find("profiles:"))));
    EXPECT_FALSE(written_profile(""));
    std::string other = text;
    other.replace(other.find("a.example"), 1, "b");
    EXPECT_FALSE(written_profile(other));
}

TEST(ProfileText, OfPeopleIsAMapOfItsKeys) {
    const auto given = profile_in_yaml("name: acme\nports: [443]\ntls: { min_version: 1.2 }\n");
    ASSERT_TRUE(given.has_value());
    EXPECT_EQ(
        json::serialize(*given), R"({"name":"acme","ports":[443],"tls":{"min_version":"1.2"}})"
    );
    EXPECT_EQ(
        profile_in_yaml("- name: acme").error().sentence,
        "Write the profile's keys as YAML, one a line: hosts: [api.partner.example]."
    );
    EXPECT_TRUE(profile_in_yaml("a: [").error().sentence.starts_with("the text:"));
}

TEST(ProfileText, HasAFileOfItsOwnBesideARecordOfTheSameName) {
    EXPECT_TRUE(profile_file_name("acme").starts_with("profile_acme-"));
    EXPECT_NE(profile_file_name("a-b"), profile_file_name("a b"));
}

TEST(ProfileValues, AreNotToldAndKeptWhereNullStands) {
    const json::object profile =
        parsed(R"({"request_headers":{"set":{"A":"secret","B":{"file":"b"},"C":1}}})");
    const json::object shown = without_values(profile);
    EXPECT_EQ(
        json::serialize(shown),
        R"({"request_headers":{"set":{"A":null,"B":{"file":"b"},"C":null}}})"
    );
    EXPECT_EQ(with_values_of(profile, shown), profile);
    const json::object other = parsed(R"({"request_headers":{"set":{"A":"new","D":null}}})");
    EXPECT_EQ(with_values_of(profile, other), other);
    EXPECT_EQ(with_values_of({}, shown), shown);
}

}  // namespace
}  // namespace countersign::proxy::records
