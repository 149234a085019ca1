// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Files that list sites are understood, and errors name their line.</summary>
public sealed class SitesFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-sites-").FullName;

    public SitesFileTests()
    {
        _ = Directory.CreateDirectory(Path.Combine(_folder, "a"));
        _ = Directory.CreateDirectory(Path.Combine(_folder, "with space#1"));
    }

    private string FilePath => Path.Combine(_folder, "sites");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Parse_AllForms_GivesTheSitesInOrder()
    {
        string text = $"# comment\n\none=a\r\n  two = {_folder}/a  # why\nThree\ta\nfour=with space#1\n";

        var sites = SitesFile.Parse(text, FilePath);

        Assert.Equal(["one", "two", "three", "four"], sites.Select(site => site.Name));
        Assert.All(sites.Take(3), site => Assert.Equal(Path.Combine(_folder, "a"), site.Source));
        Assert.Equal(Path.Combine(_folder, "with space#1"), sites[3].Source);
    }

    [Fact]
    public void Parse_Groups_HoldTheSitesBelowThem()
    {
        var sites = SitesFile.Parse(
            "one=a\n[acme 512M] # a customer\ntwo=a\nthree=a\n [ b-2\t1G ]\nfour=a\n[]\nfive=a\n", FilePath);

        var acme = new SiteGroup("acme", 512 << 20);
        Assert.Equal([null, acme, acme, new SiteGroup("b-2", 1 << 30), null], sites.Select(site => site.Group));
    }

    [Theory]
    [InlineData("[acme]", "line 1: '[acme]' is not a group: write [NAME SIZE]")]
    [InlineData("[acme 1M 2M]", "line 1: '[acme 1M 2M]' is not a group")]
    [InlineData("[a.b 1M]", "line 1: '[a.b 1M]' is not a group")]
    [InlineData("[acme 1M]\n[acme 1M]", "line 2: the group 'acme' is above: put its sites together")]
    [InlineData("[acme 1023K]", "line 1: '1023K' is not a size for a group: write 1M to 1024G")]
    [InlineData("[acme 1025G]", "'1025G' is not a size")]
    [InlineData("[acme 17179869185G]", "is not a size")]
    [InlineData("[acme M]", "'M' is not a size")]
    [InlineData("[acme -1M]", "'-1M' is not a size")]
    [InlineData("[acme 1M", "line 1: '[acme' is not a host name")]
    [InlineData("one=a\ntwo\n", "line 2: 'two' is not a site: write NAME=DIR")]
    [InlineData("=a", "line 1: '=a' is not a site")]
    [InlineData("one=", "line 1: the site 'one' has no directory")]
    [InlineData("# x\n\nbad_name=a", "line 3: 'bad_name' is not a host name")]
    [InlineData("one=a\nONE=a", "line 2: the name 'one' is taken")]
    [InlineData("one=nosuch", "line 1: there is no directory '")]
    [InlineData("one=sites", "sites' is a file: name a directory")]
    public void Parse_Wrong_NamesTheLine(string text, string part)
    {
        File.WriteAllText(FilePath, text);

        ControlException e = Assert.Throws<ControlException>(() => SitesFile.Parse(SitesFile.Read(FilePath), FilePath));

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(FilePath + ", line ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("nosuch", "there is no sites file")]
    [InlineData("a", "a directory; name a file")]
    public void Read_NoFile_IsRefused(string name, string part)
    {
        ControlException e = Assert.Throws<ControlException>(() => SitesFile.Read(Path.Combine(_folder, name)));

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
