using Shop;

await ShopApplication.Build(args).RunAsync();
