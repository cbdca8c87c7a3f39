#include "profiles/yaml_reader.hpp"
#include "tests/profiles/problem_table.hpp"

namespace countersign::profiles {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Clients, ProblemTable,
    testing::Values(
        ProblemCase{
            "NotAList", "clients: billing\n",
            "1:10: clients: found text; expected a list of clients"},
        ProblemCase{
            "NotAMap", "clients: [billing]\n",
            "1:11: clients[0]: found text; expected a client: a map with name and password"},
        ProblemCase{
            "Nothing", "clients: [{}]\n",
            "1:11: clients[0]: 'name' is missing; expected the name of this client\n"
            "1:11: clients[0]: 'password' is missing; expected { file: PATH } or { env: NAME }"},
        ProblemCase{
            "Names",
            "clients:\n"
            "  - { name: 'a:b', password: { env: A } }\n"
            "  - { name: 10.0.0.1, password: { env: A } }\n"
            "  - { name: same, password: { env: A } }\n"
            "  - { name: same, password: { env: A } }\n",
            "2:13: clients[0].name: found 'a:b'; expected letters, digits, '-', '_' and '.', a "
            "letter first\n"
            "3:13: clients[1].name: found '10.0.0.1'; expected letters, digits, '-', '_' and '.', "
            "a letter first\n"
            "5:13: clients[3].name: another client is named 'same', at c.yaml:4:13; give one of "
            "them another name"},
        ProblemCase{
            "PasswordIsNeverRepeated", "clients: [{ name: a, password: [hunter2] }]\n",
            "1:32: clients[0].password: found a list; expected { file: PATH }, { env: NAME } or { "
            "credential: NAME }"},
        ProblemCase{
            "PasswordFileMissing", "clients: [{ name: a, password: { file: none/here } }]\n",
            "1:40: clients[0].password.file: there is no file 'none/here', looked for as "
            "'/here/none/here'; there is no directory '/here/none'"},
        ProblemCase{
            "UnknownKey", "clients: [{ name: a, password: { env: A }, networks: [] }]\n",
            "1:44: clients[0].networks: unknown key; expected name, description or password"}
    ),
    case_name
);

TEST(Clients, AreReadWithTheirPasswordsSources) {
    const auto read = read_configuration_text(
        "clients:\n"
        "  - { name: billing, description: The invoices, password: { env: BILLING } }\n"
        "  - { name: orders, password: hunter2 }\n"
        "profiles:\n"
        "  - { name: a, clients: [orders, 10.0.0.0/8, \"uid:7\", \"gid:8\"] }\n",
        "c.yaml"
    );

    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->clients.size(), 2U);
    EXPECT_EQ(read->clients[0].description, "The invoices");
    EXPECT_EQ(
        read->clients[0].password, certs::PasswordSource{certs::PasswordEnvironment{"BILLING"}}
    );
    ASSERT_EQ(read->warnings.size(), 1U);
    EXPECT_EQ(read->warnings[0].where, "c.yaml:3:31");
    EXPECT_EQ(read->warnings[0].text.find("hunter2"), std::string::npos);
    std::string patterns;
    for (const auto& client : read->profiles[0].clients) patterns += to_text(client) + " ";
    EXPECT_EQ(patterns, "orders 10.0.0.0/8 uid:7 gid:8 ");
}

}  // namespace
}  // namespace countersign::profiles
