// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>Every mistake is answered with one line and status 2: no stack trace, and no guest runs.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "see denali --help")]
    [InlineData("--nope", "--nope")]
    [InlineData("nope", "nope")]
    [InlineData("run", "image")]
    [InlineData("run --nope", "--nope")]
    [InlineData("run hello --nope", "--nope")]
    [InlineData("run hello --memroy 4M", "--memroy")]
    [InlineData("run hello word --nope -- --fine", "--nope")]
    [InlineData("run --count", "--count")]
    [InlineData("doctor extra", "extra")]
    [InlineData("run nosuchguest", "there is no image nosuchguest")]
    [InlineData("run /nonexistent/x.denali", "there is no image /nonexistent/x.denali")]
    [InlineData("run /tmp", "/tmp: a directory")]
    [InlineData("run /bin/true", "/bin/true: not a Denali image")]
    [InlineData("run /dev/null", "/dev/null: ")]
    [InlineData("run /dev/zero", "/dev/zero: ")]
    [InlineData("run /proc/self/mem", "/proc/self/mem: ")]
    public void CommandLine_Wrong_IsRefused(string commandLine, string part) =>
        Denali.Run(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)).AssertRefused(part);

    [Theory]
    [InlineData("--memory", "0")]
    [InlineData("--memory", "")]
    [InlineData("--memory", "abc")]
    [InlineData("--memory", "-1")]
    [InlineData("--memory", "K")]
    [InlineData("--memory", "1.5M")]
    [InlineData("--memory", "0x10000")]
    [InlineData("--memory", "99999999999999999999")]
    [InlineData("--memory", "18446744073709551615G")]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "abc")]
    [InlineData("--count", "0")]
    [InlineData("--count", "-1")]
    [InlineData("--count", "abc")]
    [InlineData("--count", "16385")]
    [InlineData("--count", "1e3")]
    [InlineData("--timeout", "0")]
    [InlineData("--timeout", "-1")]
    [InlineData("--timeout", "abc")]
    [InlineData("--timeout", "NaN")]
    [InlineData("--timeout", "Infinity")]
    [InlineData("--timeout", "1e300")]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "abc")]
    [InlineData("--rate", "-1")]
    [InlineData("--publish", "7")]
    [InlineData("--publish", "x:7")]
    [InlineData("--publish", "0:7")]
    [InlineData("--publish", "8007:0")]
    [InlineData("--publish", "65536:7")]
    [InlineData("--publish", "8007:7:")]
    [InlineData("--publish", "localhost:8007:7")]
    [InlineData("--publish", "256.0.0.1:8007:7")]
    [InlineData("--publish", "::1:8007:7")]
    [InlineData("--publish", "[127.0.0.1]:8007:7")]
    public void OptionValue_Impossible_IsRefused(string option, string value) =>
        Denali.Run("run", "hello", option, value).AssertRefused($"'{value}' is not a");

    [Theory]
    [InlineData("1K")]
    [InlineData("1M")]
    [InlineData("17825793")]
    [InlineData("5G")]
    [InlineData("17179869183G")]
    public void MemorySize_ThatTheImageCannotHave_IsRefused(string size)
    {
        Denali.NeedsKvm();
        Denali.Run("run", "hello", "--memory", size).AssertRefused("this image cannot have");
    }

    [Fact]
    public void Limit_BelowWhatTheImageNeeds_IsRefused()
    {
        Denali.NeedsKvm();
        Denali.Run("run", "hello", "--limit", "1").AssertRefused("the limit of 1 bytes is below");
    }

    [Theory]
    [InlineData("--tap", "a/b", "'a/b' cannot be the name of a TAP interface: use ")]
    [InlineData("--pcap", "/nonexistent/x", "the capture file '/nonexistent/x' cannot be written: ")]
    [InlineData("--rate", "2G", "'2G' is too high a limit for --rate: 1000000000 bytes per second is the highest")]
    [InlineData("--publish", "192.0.2.1:8007:7", "192.0.2.1 is not an address of this machine: publish on one that")]
    public void Network_Impossible_IsRefused(string option, string value, string part)
    {
        Denali.NeedsKvm();
        Denali.Run("run", "hello", option, value).AssertRefused(part);
    }

    [Fact]
    public void Tap_WithoutPermission_IsRefusedWithTheCure()
    {
        Denali.NeedsKvm();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving up a capability needs root");
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");

        Denali.RunShell("setpriv --bounding-set=-net_admin \"$denali\" run hello --tap denalitest1")
            .AssertRefused("run with CAP_NET_ADMIN");
    }

    [Fact]
    public void Arguments_TooLong_AreRefused()
    {
        Denali.NeedsKvm();
        Denali.Run("run", "hello", "--", new string('x', 4096)).AssertRefused("the boot arguments take");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("not an image at all, but longer than any header of one would have to be, so that it is read")]
    [InlineData("\u007fELF")]
    public void Image_Malformed_IsRefused(string contents)
    {
        string path = Path.Combine(_folder, "bad.denali");
        File.WriteAllText(path, contents);

        Denali.Run("run", path).AssertRefused($"{path}: ");
    }

    [Fact]
    public void Image_CutShort_IsRefused()
    {
        // What lies behind the segments, the symbols, may be missing.
        byte[] whole = File.ReadAllBytes(GuestPath("hello"));
        string path = Path.Combine(_folder, "cut.denali");
        foreach (int length in (int[])[40, 64, 200, 4096, 5000])
        {
            File.WriteAllBytes(path, whole[..length]);
            Denali.Run("run", path).AssertRefused($"{path}: ");
        }
    }

    [Fact]
    public void Image_Pipe_IsRefusedWithoutWaitingForAWriter()
    {
        string path = Path.Combine(_folder, "pipe.denali");
        Denali.RunShell($"mkfifo '{path}' && \"$denali\" run '{path}'").AssertRefused("not a regular file");
    }

    [Fact]
    public void Image_Unreadable_IsRefused()
    {
        // The superuser can read every file, unless it gives up the capabilities for that.
        string run = Environment.IsPrivilegedProcess
            ? "setpriv --bounding-set=-dac_override,-dac_read_search \"$denali\" run"
            : "\"$denali\" run";
        string path = Path.Combine(_folder, "secret.denali");
        File.WriteAllText(path, "x");
        File.SetUnixFileMode(path, UnixFileMode.None);

        Denali.RunShell($"{run} '{path}'").AssertRefused("cannot be read");
    }

    [Fact]
    public void UnknownName_ListsTheGuests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "guests"));
        File.WriteAllText(Path.Combine(_folder, "guests", "one.denali"), "");
        File.WriteAllText(Path.Combine(_folder, "guests", "two.denali"), "");

        Denali.RunWith([("DENALI_GUESTS", Path.Combine(_folder, "guests"))], "run", "nosuch")
            .AssertRefused("one of these guests: one, two");
    }

    [Theory]
    [InlineData("/nonexistent", "there is no such file; load the module")]
    [InlineData("/dev/null", "/dev/null is not the KVM device; use /dev/kvm")]
    [InlineData("/", "cannot use /: ")]
    public void Kvm_Unusable_IsOneLineWithTheCure(string device, string part) =>
        Denali.RunWith([("DENALI_KVM", device)], "run", GuestPath("hello")).AssertRefused(part);

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("doctor --help")]
    [InlineData("up --help")]
    [InlineData("--version")]
    public void Help_Asked_IsOutputAndStatusZero(string commandLine)
    {
        Denali.Result result = Denali.Run(commandLine.Split(' '));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        Assert.NotEqual("", result.Output);
    }

    // Built guests lie beside the folder of built programs.
    private static string GuestPath(string name)
    {
        string path = Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(Denali.Executable)!, "..", "..", "..", "guests", name + ".denali"));
        Assert.True(File.Exists(path), $"the guest {name} is not built: there is no {path}");
        return path;
    }
}
