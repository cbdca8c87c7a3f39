#pragma once

#include <ostream>

namespace countersign::proxy::tls {

/// In the words of PathWorld.
struct PathRow {
    const char* name;
    const char* sent;
    const char* trusted;
    const char* verdict;

    friend void PrintTo(const PathRow& row, std::ostream* out) { *out << row.name; }
};

/// Paths that OpenSSL finds by itself, and has to find still.
inline constexpr PathRow kPlainRows[] = {
    {"InOrder", "S<I I<R", "R<R", "S<I I<R R<R"},
    {"WithItsRoot", "S<I I<R R<R", "R<R", "S<I I<R R<R"},
    {"OutOfOrder", "S<J R<R I<R J<I", "R<R", "S<J J<I I<R R<R"},
    {"Twice", "S<I I<R I<R R<R R<R", "R<R", "S<I I<R R<R"},
    {"WithIrrelevantOnes", "S<I X<Y Y<Y I<R S<X Z<I", "R<R Q<Q", "S<I I<R R<R"},
    {"IntermediateFromTrust", "S<I", "I<R R<R", "S<I I<R"},
    {"IntermediateFromTrustAlone", "S<I", "I<R", "S<I I<R"},
    {"IntermediateTrustedAndSentWithAnExpiredRoot", "S<I I<R R<R:expired", "I<R", "S<I I<R"},
    {"UpperIntermediateFromTrust", "S<J J<I", "I<R", "S<J J<I I<R"},
    {"RootSignedByAnother", "S<I I<R R<Q", "R<R", "S<I I<R R<R"},
    {"RootSignedByTheTrustedOne", "S<I I<R R<Q", "Q<Q", "S<I I<R R<Q Q<Q"},
    {"ExpiredOlderRoot", "S<I I<R R<Q Q<Q:expired", "R<R Q<Q:expired", "S<I I<R R<R"},
    {"ExpiredCopyOfTheTrustedRoot", "S<I I<R R<R:expired", "R<R", "S<I I<R R<R"},
    {"TrustedRootRenewedWithItsKey", "S<I I<R", "R<R:expired R<R", "S<I I<R R<R"},
    {"ExpiredIntermediateFirst", "S<I I<Q:expired I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"NotYetValidFirst", "S<I I<Q:future I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"SelfSigned", "S<S", "S<S", "S<S"},
    {"ServersOwnIsTrusted", "S<I", "S<I", "S<I"},
    {"AuthoritiesOfOneNameWithIdentifiers", "S<B B'<R B<R", "R<R", "S<B B<R R<R"},
    {"AuthorityWithANewKey", "S<R' R'<R", "R<R", "S<R' R'<R R<R"},
    {"PathLengthThatSuffices", "S<J J<I I<R:path1", "R<R", "S<J J<I I<R:path1 R<R"},
    {"NameWithinItsConstraints", "S<I I<R:nc", "R<R", "S<I I<R:nc R<R"},
};

/// What is found only by going back and taking another way.
inline constexpr PathRow kBacktrackingRows[] = {
    {"OtherRootFirst", "S<I I<Q I<R", "R<R", "S<I I<R R<R"},
    {"TwoOtherRootsFirst", "S<I I<P I<Q I<R", "R<R", "S<I I<R R<R"},
    {"SentRootFirst", "S<I I<Q Q<Q I<R", "R<R", "S<I I<R R<R"},
    {"NotCrossedWhereItForksTwice", "S<J J<K K<Q J<I I<Q I<R", "R<R", "S<J J<I I<R R<R"},
    {"RootOfOneName", "S<I I<R' I<R", "R<R", "S<I I<R R<R"},
    {"ExpiredRootFirst", "S<I I<Q I<R", "Q<Q:expired R<R", "S<I I<R R<R"},
    {"ExpiredIntermediateInTrust", "S<I I<R", "I<R:expired R<R", "S<I I<R R<R"},
    {"ExpiredRootInTrustAndItsSuccessor", "S<I I<R R<Q", "R<R:expired Q<Q", "S<I I<R R<Q Q<Q"},
    {"NoAuthorityFirst", "S<I I<Q:not_ca I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"WithoutBasicConstraintsFirst", "S<I I<Q:no_bc I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"VersionOneFirst", "S<I I<Q:v1 I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"WithoutTheRightToSignFirst", "S<I I<Q:no_sign I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"ForMailFirst", "S<I I<Q:email I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"ForClientsFirst", "S<I I<Q:client I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"UnknownCriticalExtensionFirst", "S<I I<Q:critical I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"OtherNamesFirst", "S<I I<Q:bad_nc I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"OtherNamesOfTheRootFirst", "S<I I<Q I<R", "Q<Q:bad_nc R<R", "S<I I<R R<R"},
    {"TooShortAPathFirst", "S<J J<I I<Q:path0 I<R", "Q<Q R<R", "S<J J<I I<R R<R"},
    {"Sha1First", "S<I I<Q:sha1 I<R", "Q<Q R<R", "S<I I<R R<R"},
    {"Md5First", "S<I I<rQ:md5 I<R", "rQ<rQ R<R", "S<I I<R R<R"},
    {"WeakRootFirst", "S<I I<wQ I<R", "wQ<wQ R<R", "S<I I<R R<R"},
    {"ForgedByNameFirst", "S<B:noid B'<R:noid B<R:noid", "R<R", "S<B:noid B<R:noid R<R"},
    {"ManyOfOneName", "S<B:noid B'<R:noid B''<R:noid B'''<R:noid B''''<R:noid B<R:noid", "R<R",
     "S<B:noid B<R:noid R<R"},
    {"ManyTrustedOfOneName", "S<B:noid", "B'<B':noid B''<B'':noid B'''<B''':noid B<B:noid",
     "S<B:noid B<B:noid"},
    {"Loop", "S<A A<B B<A B<R", "R<R", "S<A A<B B<R R<R"},
    {"LoopsWithoutEndBeside", "S<A A<B B<A A<C C<A C<B B<C C<R", "R<R", "S<A A<C C<R R<R"},
    {"PinnedLeafUnderExpired", "S<I I<R:expired", "S<I", "S<I"},
    {"PinnedLeafUnderOtherNames", "S<I I<R:bad_nc", "S<I", "S<I"},
    {"PinnedLeafBesideItsExpiredRoot", "S<I I<R", "S<I R<R:expired", "S<I"},
    {"BetweenTwoBadOnes", "S<I I<P:email I<R I<Q:bad_nc", "P<P Q<Q R<R", "S<I I<R R<R"},
};

/// What is refused by any path, and what is told of it: OpenSSL's words, and the certificate.
inline constexpr PathRow kRefusedRows[] = {
    {"Nobody", "S<I I<R", "Q<Q", "unable to get local issuer certificate: CN=I"},
    {"NoIssuer", "S<I", "R<R", "unable to get local issuer certificate: CN=S"},
    {"SelfSigned", "S<S", "R<R", "self-signed certificate: CN=S"},
    {"SentRoot", "S<I I<R R<R", "Q<Q", "self-signed certificate in certificate chain: CN=R"},
    {"RootOfTheSameName", "S<I I<R R<R", "R'<R'",
     "self-signed certificate in certificate chain: CN=R"},
    {"LoopAlone", "S<A A<B B<A", "R<R", "unable to get local issuer certificate: CN=B"},
    {"EverythingExpired", "S<I I<Q:expired I<R:expired", "Q<Q R<R",
     "certificate has expired: CN=I"},
    {"ServersOwnExpired", "S<I:expired I<Q I<R", "R<R", "certificate has expired: CN=S"},
    {"ServersOwnExpiredAndTrusted", "S<I:expired I<R", "S<I:expired R<R",
     "certificate has expired: CN=S"},
    // The one that led to a trusted one is told, not the first.
    {"UntrustedAndExpired", "S<I I<Q I<R:expired", "R<R", "certificate has expired: CN=I"},
    {"UntrustedAndOtherNames", "S<I I<Q I<R:bad_nc", "R<R", "permitted subtree violation: CN=S"},
    {"ForMailAndExpired", "S<I I<Q:email I<R:expired", "Q<Q R<R", "certificate has expired: CN=I"},
    {"ExpiredAndForMail", "S<I I<R:expired I<Q:email", "Q<Q R<R", "certificate has expired: CN=I"},
    {"ForgedByName", "S<B:noid B'<R:noid", "R<R", "certificate signature failure: CN=S"},
    {"SignedByAServer", "S<T T<R:not_ca", "R<R", "invalid CA certificate: CN=T"},
};

}  // namespace countersign::proxy::tls
