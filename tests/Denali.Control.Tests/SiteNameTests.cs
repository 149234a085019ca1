// SPDX-License-Identifier: MIT
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>What is a host name, and which site it means.</summary>
public sealed class SiteNameTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("docs", true)]
    [InlineData("3com", true)]
    [InlineData("a-b.example.org", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a_b", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a:80", false)]
    [InlineData("b\u00fccher", false)]
    public void IsValid_Name_FollowsTheRules(string name, bool isValid) =>
        Assert.Equal(isValid, SiteName.IsValid(name));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void IsValid_LongLabel_HasABound(int length, bool isValid) =>
        Assert.Equal(isValid, SiteName.IsValid(new string('a', length)));

    [Theory]
    [InlineData("Docs", "docs")]
    [InlineData("docs.localhost", "docs")]
    [InlineData("docs.LOCALHOST.", "docs")]
    [InlineData("docs.example.org.", "docs.example.org")]
    [InlineData("a.b.localhost", "a.b.localhost")]
    [InlineData("localhost", "localhost")]
    [InlineData(".localhost", ".localhost")]
    [InlineData("", "")]
    public void Normalize_Host_GivesTheName(string host, string name) => Assert.Equal(name, SiteName.Normalize(host));

    [Theory]
    [InlineData("docs", "docs.localhost")]
    [InlineData("docs.example.org", "docs.example.org")]
    public void HostOf_Name_IsWherePeopleFindIt(string name, string host) =>
        Assert.Equal(host, SiteName.HostOf(name));
}
