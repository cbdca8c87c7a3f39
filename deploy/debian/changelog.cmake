# What the newest entry of deploy/debian/changelog says: PACKAGE_VERSION, "0.1.0-1", with the person
# who answers for it, PACKAGE_MAINTAINER, and CHANGELOG_DATE, "2026-11-27", which manual pages have.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS deploy/debian/changelog)
file(STRINGS deploy/debian/changelog changelog_head REGEX "^countersign \\(" LIMIT_COUNT 1)
file(STRINGS deploy/debian/changelog changelog_foot REGEX "^ -- " LIMIT_COUNT 1)
string(REGEX MATCH "\\(([^)]+)\\)" _ "${changelog_head}")
set(PACKAGE_VERSION ${CMAKE_MATCH_1})
if(NOT PACKAGE_VERSION MATCHES "^${PROJECT_VERSION}-[0-9]+$")
    message(
        FATAL_ERROR
            "deploy/debian/changelog is of ${PACKAGE_VERSION}, the program of ${PROJECT_VERSION}"
    )
endif()
if(NOT changelog_foot MATCHES "^ -- (.+)  [A-Z][a-z]+, +([0-9]+) ([A-Z][a-z]+) ([0-9]+) ")
    message(FATAL_ERROR "deploy/debian/changelog's newest entry has no date: '${changelog_foot}'")
endif()
set(PACKAGE_MAINTAINER ${CMAKE_MATCH_1})
set(changelog_year ${CMAKE_MATCH_4})
string(LENGTH "0${CMAKE_MATCH_2}" changelog_day)
math(EXPR changelog_day "${changelog_day} - 2")
string(SUBSTRING "0${CMAKE_MATCH_2}" ${changelog_day} 2 changelog_day)
string(FIND "..JanFebMarAprMayJunJulAugSepOctNovDec" ${CMAKE_MATCH_3} changelog_month)
math(EXPR changelog_month "100 + (${changelog_month} + 1) / 3")
string(SUBSTRING ${changelog_month} 1 2 changelog_month)
set(CHANGELOG_DATE ${changelog_year}-${changelog_month}-${changelog_day})
