// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Denali.Control.Ingress;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Certificates that fit are taken; those that do not are refused with the cure.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-tls-").FullName;
    private readonly X509Certificate2 _certificate =
        IngressCertificate.CreateSelfSigned(["docs.example.org"], TimeProvider.System);

    private string Key => _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void SelfSigned_IsForItsHosts()
    {
        Assert.True(IngressCertificate.IsFor(_certificate, "docs.example.org"));
        Assert.True(IngressCertificate.IsFor(_certificate, "localhost"));
        Assert.False(IngressCertificate.IsFor(_certificate, "other.example.org"));
        Assert.True(_certificate.HasPrivateKey);
    }

    [Fact]
    public void Load_PemWithKey_IsTaken()
    {
        using X509Certificate2 loaded = Load(_certificate.ExportCertificatePem() + "\n" + Key, "both.pem");

        Assert.Equal(_certificate.Thumbprint, loaded.Thumbprint);
        Assert.True(loaded.HasPrivateKey);
    }

    [Fact]
    public void Load_Pkcs12_IsTaken()
    {
        string path = Path.Combine(_folder, "site.pfx");
        File.WriteAllBytes(path, _certificate.Export(X509ContentType.Pkcs12));

        using X509Certificate2 loaded = IngressCertificate.Load(path, TimeProvider.System);

        Assert.True(loaded.HasPrivateKey);
    }

    [Fact]
    public void Load_WithoutKey_IsRefused() =>
        AssertRefused(_certificate.ExportCertificatePem(), "site.pem", "a PEM file needs the certificate and its key");

    [Fact]
    public void Load_WithAnotherKey_IsRefused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AssertRefused(
            _certificate.ExportCertificatePem() + "\n" + other.ExportPkcs8PrivateKeyPem(), "site.pem", "does not fit");
    }

    [Theory]
    [InlineData("site.pem")]
    [InlineData("site.pfx")]
    public void Load_Nonsense_IsRefused(string name) => AssertRefused("nonsense", name, "does not fit");

    [Fact]
    public void Load_Ended_IsRefused()
    {
        var time = new FakeTime();
        using X509Certificate2 old = IngressCertificate.CreateSelfSigned([], time);
        string key = old.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        AssertRefused(old.ExportCertificatePem() + "\n" + key, "site.pem", "ended on 1970-04-01: renew it");
    }

    [Fact]
    public void Load_Missing_IsRefused()
    {
        ControlException e = Assert.Throws<ControlException>(
            () => IngressCertificate.Load(Path.Combine(_folder, "no.pem"), TimeProvider.System));
        Assert.Contains("there is no certificate", e.Message, StringComparison.Ordinal);
    }

    private X509Certificate2 Load(string text, string name)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return IngressCertificate.Load(path, TimeProvider.System);
    }

    private void AssertRefused(string text, string name, string part)
    {
        ControlException e = Assert.Throws<ControlException>(() => Load(text, name));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
