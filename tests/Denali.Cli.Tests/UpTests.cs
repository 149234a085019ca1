// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Ingress;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary><c>denali up</c> as a process: what visitors get, what the user sees, how it changes and ends.</summary>
public sealed partial class UpTests : IDisposable
{
    // The aim is two seconds on an idle machine; a busy one may be slower, but nothing may wait for a visitor.
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-up-").FullName;
    private readonly HttpClient _client;
    private int _port;

    public UpTests()
    {
        _client = new HttpClient(NewHandler()) { Timeout = Denali.Limit };
    }

    private static CancellationToken Patience => new CancellationTokenSource(Denali.Limit).Token;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task NoSites_ServesTheDemoSites()
    {
        using Denali command = Start();
        string[] names = ["denali", "hello", "life"];
        foreach (string name in names)
        {
            command.WaitForOutput($"http://{name}.localhost:");
        }

        ReadPort(command);
        string root = Path.Combine(Path.GetDirectoryName(Denali.Executable)!, "sites");
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            string[] parts = Path.GetRelativePath(root, path).Split('/', 2);
            Assert.Equal(
                await File.ReadAllBytesAsync(path, Patience),
                await _client.GetByteArrayAsync($"http://{parts[0]}.localhost/{parts[1]}", Patience));
        }

        using JsonDocument facts = JsonDocument.Parse(
            await _client.GetStringAsync("http://denali.localhost/.denali/facts.json", Patience));
        Assert.Equal("Ready", facts.RootElement.GetProperty("state").GetString());
        Assert.True(facts.RootElement.GetProperty("memoryBytes").GetInt64() > 0);
        Assert.Contains("<h1>", await _client.GetStringAsync("http://denali.localhost/", Patience),
            StringComparison.Ordinal);
        AssertEnds(command, "INT");
    }

    [Fact]
    public async Task Site_OfADirectory_IsServedByteForByte()
    {
        var random = new Random(11);
        for (int i = 0; i < 60; i++)
        {
            byte[] content = new byte[random.Next(random.Next(200_000))];
            random.NextBytes(content);
            Write($"docs/a{i % 6}/b{i % 4}/file {i} \u00fc#%.html", content);
        }

        using Denali command = Start("--site", $"docs={_folder}/docs", "--site", $"other.example={_folder}/docs/a0");
        command.WaitForOutput("http://docs.localhost:");
        command.WaitForOutput("http://other.example:");
        ReadPort(command);

        string root = Path.Combine(_folder, "docs");
        string[] paths = Directory.GetFiles(root, "*", SearchOption.AllDirectories);
        Assert.Equal(60, paths.Length);
        foreach (string path in paths)
        {
            string url = string.Join('/', path[root.Length..].Split('/').Select(Uri.EscapeDataString));
            Assert.Equal(
                await File.ReadAllBytesAsync(path, Patience),
                await _client.GetByteArrayAsync("http://docs.localhost" + url, Patience));
        }

        AssertEnds(command, "TERM");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task SitesFile_Changed_IsFollowed()
    {
        Write("one/index.html", "first"u8.ToArray());
        Write("two/index.html", "second"u8.ToArray());
        string file = Path.Combine(_folder, "sites");
        File.WriteAllText(file, "one=one # the first\n");
        using Denali command = Start("--sites", file, "--json");
        command.WaitForOutput("\"event\":\"up\"");
        ReadPort(command);
        Assert.Equal("first", await _client.GetStringAsync("http://one.localhost/", Patience));

        File.WriteAllText(file, "one=one\ntwo two\n");
        await WaitForAsync("http://two.localhost/", "second");

        File.WriteAllText(file, "one=one\ntwo two\nthree=nosuch\n");
        command.WaitForOutput(", line 3: there is no directory");
        Assert.Equal("second", await _client.GetStringAsync("http://two.localhost/", Patience));

        File.WriteAllText(file, "one=two\n");
        await WaitForAsync("http://one.localhost/", "second");
        await WaitForAsync("http://two.localhost/", "404 Not Found: there is no site of this name here\n");

        Write("two/index.html", "another second"u8.ToArray());
        await WaitForAsync("http://one.localhost/", "another second");
        AssertEnds(command, "INT", isJson: true);
    }

    [Fact]
    public async Task SitesFile_WithAGroupThatIsFull_HoldsUpNoOther()
    {
        Write("docs/index.html", "home"u8.ToArray());
        string file = Path.Combine(_folder, "sites");
        File.WriteAllText(file, "[small 1M]\none=docs\nmore=docs\n[]\ntwo=docs\n");

        using Denali command = Start("--sites", file, "--json");

        command.WaitForOutput("\"event\":\"up\"");
        ReadPort(command);
        Assert.Contains("\"state\":\"Failed\"", command.OutputSoFar, StringComparison.Ordinal);
        Assert.Contains("the group 'small' has used up its memory", command.OutputSoFar.Replace(
            "\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("home", await _client.GetStringAsync("http://two.localhost/", Patience));
        AssertEnds(command, "INT", isJson: true);
    }

    [Fact]
    public async Task Interrupt_WithADownloadThatNobodyReads_EndsInTime()
    {
        Write("docs/large", new byte[20_000_000]);
        using Denali command = Start("--site", $"docs={_folder}/docs");
        command.WaitForOutput("http://docs.localhost:");
        ReadPort(command);
        using HttpResponseMessage response = await _client.GetAsync(
            "http://docs.localhost/large", HttpCompletionOption.ResponseHeadersRead, Patience);

        AssertEnds(command, "INT");
    }

    [Fact]
    public async Task Tls_WithoutACertificate_HasASelfSignedOneAndHttp2()
    {
        Write("docs/index.html", "home"u8.ToArray());
        using Denali command = Start("--site", $"docs={_folder}/docs", "--tls");
        command.WaitForOutput("https://docs.localhost:");
        ReadPort(command);

        using HttpResponseMessage response = await _client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "https://docs.localhost/")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            Patience);

        Assert.Equal("home", await response.Content.ReadAsStringAsync(Patience));
        AssertEnds(command, "INT");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Tls_SiteThatComesLater_HasACertificateOfItsOwn()
    {
        Write("one/index.html", "first"u8.ToArray());
        string file = Path.Combine(_folder, "sites");
        File.WriteAllText(file, "one=one\n");
        using Denali command = Start("--sites", file, "--tls");
        command.WaitForOutput("https://one.localhost:");
        ReadPort(command);
        File.WriteAllText(file, "one=one\ntwo.example=one\n");
        command.WaitForOutput("two.example is ready");
        using var client = new HttpClient(NewHandler(checksName: true)) { Timeout = Denali.Limit };

        Assert.Equal("first", await client.GetStringAsync("https://one.localhost/", Patience));
        Assert.Equal("first", await client.GetStringAsync("https://two.example/", Patience));
        AssertEnds(command, "INT");
    }

    [Fact]
    public void Tls_WithACertificateForOtherHosts_SaysSo()
    {
        Write("docs/index.html", "home"u8.ToArray());
        string path = Path.Combine(_folder, "site.pem");
        using (X509Certificate2 certificate = IngressCertificate.CreateSelfSigned(["a.example"], TimeProvider.System))
        {
            File.WriteAllText(
                path,
                certificate.ExportCertificatePem() + "\n"
                + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }

        using Denali command = Start(
            "--site", $"a.example={_folder}/docs", "--site", $"b.example={_folder}/docs", "--tls", path);
        command.WaitForOutput("https://b.example:");
        command.Signal("INT");
        Denali.Result result = command.WaitForEnd();

        string warning = Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
        Assert.Contains("is not for b.example, so its visitors are warned", warning, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Terminal_HasALineForEachSiteThatIsKeptUpToDate()
    {
        NeedsTools();
        Write("docs/index.html", "home"u8.ToArray());
        using Denali command = Denali.StartOnTerminal(
            $"up --listen 127.0.0.1:0 --site docs={_folder}/docs --site more={_folder}/docs", Environment());
        command.WaitForOutput("Ctrl-C ends them.");
        command.WaitForOutput("0 requests  http://more.localhost:");
        ReadPort(command);
        Assert.Matches(@"docs +Ready +10\.\d+\.\d+\.\d+ +[\d.,]+ [KM]iB +0 requests  http://", command.OutputSoFar);

        _ = await _client.GetStringAsync("http://docs.localhost/", Patience);
        command.WaitForOutput(" 1 requests  http://docs.localhost:");
        command.WaitForOutput("\e[2A");

        await command.Input.WriteAsync("\u0003");
        await command.Input.FlushAsync(Patience);
        command.WaitForOutput("saved 2 VMs in ");
        Assert.Equal(0, command.WaitForEnd().ExitCode);
    }

    [Theory]
    [InlineData("0", "127.0.0.1")]
    [InlineData("[::1]:0", "[::1]")]
    [InlineData("0.0.0.0:0", "127.0.0.1")]
    public async Task Listen_OnAnAddress_IsReachedThere(string listen, string host)
    {
        NeedsTools();
        Write("docs/index.html", "home"u8.ToArray());
        using Denali command = Denali.Start(
            ["up", "--no-state", "--listen", listen, "--site", $"docs={_folder}/docs"], Environment());
        command.WaitForOutput("http://docs.localhost:");
        ReadPort(command);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Denali.Limit };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}:{_port}/");
        request.Headers.Host = "docs.localhost";

        using HttpResponseMessage response = await client.SendAsync(request, Patience);

        Assert.Equal("home", await response.Content.ReadAsStringAsync(Patience));
        AssertEnds(command, "INT");
    }

    [Fact]
    public async Task AccessLog_HasALineForEachRequest()
    {
        Write("docs/index.html", "home"u8.ToArray());
        using Denali command = Start("--site", $"docs={_folder}/docs", "--access-log");
        command.WaitForOutput("http://docs.localhost:");
        ReadPort(command);

        _ = await _client.GetStringAsync("http://docs.localhost/?a", Patience);

        command.WaitForOutput("127.0.0.1 docs.localhost \"GET /?a HTTP/1.1\" 200 4 ");
        AssertEnds(command, "INT");
    }

    [Theory]
    [InlineData("--site docs", "'docs' is not a site: write NAME=DIR")]
    [InlineData("--site docs=", "the site 'docs' has no directory")]
    [InlineData("--site docs=/nonexistent", "there is no directory '/nonexistent'")]
    [InlineData("--site docs=/etc/passwd", "'/etc/passwd' is a file: name a directory")]
    [InlineData("--site bad_name=/tmp", "'bad_name' is not a host name")]
    [InlineData("--site a=/tmp --site A=/tmp", "the name 'a' is taken twice")]
    [InlineData("--sites /nonexistent", "there is no sites file '/nonexistent'")]
    [InlineData("--sites /tmp", "/tmp: a directory")]
    [InlineData("--sites /etc/passwd", "/etc/passwd, line 1: ")]
    [InlineData("--listen nowhere", "'nowhere' is not an address to listen on")]
    [InlineData("--listen 127.0.0.1", "'127.0.0.1' is not an address to listen on")]
    [InlineData("--listen 127.0.0.1:99999", "'127.0.0.1:99999' is not an address to listen on")]
    [InlineData("--listen ::1", "'::1' is not an address to listen on")]
    [InlineData("--tls /nonexistent", "there is no certificate '/nonexistent'")]
    [InlineData("--tls /etc/passwd", "the certificate '/etc/passwd' does not fit")]
    [InlineData("--memory abc", "'abc' is not a size for --memory")]
    [InlineData("--slots 0", "'0' is not a number of slots: write 1 to 16384")]
    [InlineData("--slots 16385", "'16385' is not a number of slots")]
    [InlineData("--swap-limit 1000K", "'1000K' is out of the range of --swap-limit: write 1M to 1024G")]
    [InlineData("--parked-limit 1025G", "'1025G' is out of the range of --parked-limit")]
    [InlineData("--parked-limit little", "'little' is not a size for --parked-limit")]
    [InlineData("--no-state --swap-limit 1G", "--swap-limit is for the swap file")]
    [InlineData("--state ", "--state has no folder")]
    [InlineData("--sites 0 --dir /tmp", "--dir is for the sites of --sites COUNT")]
    [InlineData("--sites 3 --dir /nonexistent", "there is no directory '/nonexistent': name one that exists")]
    [InlineData("--nope", "--nope")]
    public void Input_Wrong_IsRefusedWithTheCure(string arguments, string part)
    {
        Denali.NeedsKvm();
        Denali.RunWith(Environment(), ["up", "--listen", "127.0.0.1:0", .. arguments.Split(' ')]).AssertRefused(part);
    }

    [Fact]
    public void Listen_OnAnAddressThatIsNotOurs_IsRefused()
    {
        NeedsTools();
        Denali.RunWith(Environment(), "up", "--listen", "192.0.2.1:8080")
            .AssertRefused("choose another address or port with --listen");
    }

    [Fact]
    public void Listen_OnAPortInUse_IsRefused()
    {
        NeedsTools();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();

        Denali.RunWith(Environment(), "up", "--listen", taken.LocalEndPoint!.ToString()!)
            .AssertRefused("the port is in use; choose another with --listen");
    }

    [Fact]
    public void Directory_WithAFileThatCannotBeRead_IsRefused()
    {
        NeedsTools();
        Write("docs/secret", [1]);
        File.SetUnixFileMode(Path.Combine(_folder, "docs", "secret"), UnixFileMode.None);
        string run = System.Environment.IsPrivilegedProcess
            ? "setpriv --bounding-set=-dac_override,-dac_read_search \"$denali\""
            : "\"$denali\"";

        Denali.RunShell(
            $"XDG_CACHE_HOME='{_folder}/cache' {run} up --listen 127.0.0.1:0 --site 'docs={_folder}/docs'")
            .AssertRefused("see whether all files can be read");
    }

    private static void NeedsTools()
    {
        Denali.NeedsKvm();
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
    }

    private static void AssertEnds(Denali command, string signal, bool isJson = false)
    {
        long start = Stopwatch.GetTimestamp();
        command.Signal(signal);
        Denali.Result result = command.WaitForEnd();
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.True(took < s_endLimit, $"it took {took} to end");
        if (isJson)
        {
            Assert.All(result.Output.TrimEnd('\n').Split('\n'), line => JsonDocument.Parse(line).Dispose());
        }
    }

    private (string Name, string Value)[] Environment() => [("XDG_CACHE_HOME", Path.Combine(_folder, "cache"))];

    private Denali Start(params string[] arguments)
    {
        NeedsTools();
        return Denali.Start(["up", "--no-state", "--listen", "127.0.0.1:0", .. arguments], Environment());
    }

    private void ReadPort(Denali command) => _port = int.Parse(
        Port().Match(command.OutputSoFar).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    private void Write(string path, byte[] content)
    {
        string full = Path.Combine(_folder, path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    // Asks again and again; what it asks takes time by itself.
    private async Task WaitForAsync(string url, string content)
    {
        long start = Stopwatch.GetTimestamp();
        string found;
        do
        {
            using HttpResponseMessage response = await _client.GetAsync(url, Patience);
            found = await response.Content.ReadAsStringAsync(Patience);
        }
        while (found != content && Stopwatch.GetElapsedTime(start) < Denali.Limit);

        Assert.Equal(content, found);
    }

    private SocketsHttpHandler NewHandler(bool checksName = false)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            UseProxy = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            certificate is not null && !(checksName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch));
        return handler;
    }

    [GeneratedRegex(@"https?://[a-z.]+:(\d+)/")]
    private static partial Regex Port();
}
