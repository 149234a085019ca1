// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Control.Disks;
using Denali.Control.State;
using Denali.Control.Templates;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Of what lies in a state folder, only what the program has made there goes.</summary>
public sealed class StateFolderTests : IDisposable
{
    private const string Place = "0123456789abcdef";
    private const string Content = "00112233445566778899aabbccddeeff";

    // What somebody may have who lets the state be kept in a folder that has another purpose too.
    private static readonly string[] s_foreign =
    [
        "logo.png", "shop.img", "shop.img.77.new", "a.new", "README", "2024-trip.img", "shop.template", "abc.template",
        $"{Place}-{Content}.img.old", $"my-{Place}-{Content}.img", $"{Place}.template.orig", $"{Place}.new",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("images", $"{Place}-{Content}.img", $"{Place}-{Content}.img.77.new")]
    [InlineData("templates", $"{Place}-{Place}.template", $"{Place}-{Place}.template.77-8")]
    [InlineData("templates", $"{Place}-{Place}.template", $"{Place}-{Place}.template.77-8.77-8.new")]
    [InlineData("clones", $"{Place}.template", $"{Content}.new")]
    [InlineData("clones", $"{Place}.template", $"{Content}.new.77-8.new")]
    public void Take_RemovesOnlyWhatAProcessThatWasKilledWasWriting(string folder, string whole, string half)
    {
        Write(folder, [.. s_foreign, whole, half]);

        StateFolder.Take(_folder).Dispose();

        AssertFiles(folder, [.. s_foreign, whole]);
    }

    [Fact]
    public void RemoveBut_LeavesWhatIsNoImageOfADirectory()
    {
        Write("images", [.. s_foreign, $"{Place}-{Content}.img"]);

        new DiskImageCache(Path.Combine(_folder, "images")).RemoveBut([], [], isAll: true);

        AssertFiles("images", s_foreign);
    }

    [Fact]
    public void OpenClones_LeavesWhatBelongsToNoVm()
    {
        Write("clones", [.. s_foreign, $"{7:x16}.template", $"{8:x16}.template"]);

        new CloneTemplates(null!, Path.Combine(_folder, "clones")).Open(id => id is 7 or 0xabc);

        AssertFiles("clones", [.. s_foreign, $"{7:x16}.template"]);
    }

    [Fact]
    public void Folders_ThatCannotBeMade_AreToldWithTheCure()
    {
        Write("images", ["file"]);
        string nowhere = Path.Combine(_folder, "images", "file", "folder");

        string images = Assert.Throws<ControlException>(() => new DiskImageCache(nowhere)).Message;
        string clones = Assert.Throws<ControlException>(() => new CloneTemplates(null!, nowhere).Save(null!)).Message;

        Assert.Contains("name another state folder with --state", images, StringComparison.Ordinal);
        Assert.Contains("see whether its disk has room", clones, StringComparison.Ordinal);
    }

    [Fact]
    public void CloneTemplates_OfAFolderThatIsNotThere_AreNone() =>
        new CloneTemplates(null!, Path.Combine(_folder, "clones")).Open(id => id == 7);

    [Fact]
    public void CloneTemplates_OfAFolderThatCannotBeRead_TellTheCure()
    {
        // A link to itself: whoever runs the tests, it cannot be listed.
        string folder = Path.Combine(_folder, "clones");
        _ = File.CreateSymbolicLink(folder, folder);

        var error = Assert.Throws<ControlException>(() => new CloneTemplates(null!, folder).Open(id => id == 7));

        Assert.Contains("name another state folder with --state", error.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<IOException>(error.InnerException);
    }

    private void Write(string folder, string[] names)
    {
        string path = Directory.CreateDirectory(Path.Combine(_folder, folder)).FullName;
        Array.ForEach(names, name => File.WriteAllText(Path.Combine(path, name), name));
    }

    private void AssertFiles(string folder, string[] names) => Assert.Equal(
        names.Order(StringComparer.Ordinal),
        Directory.GetFiles(Path.Combine(_folder, folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
